package io.kogluktualuk.paxoslog.ratis;

import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Who this replica is to the others, and whom it believes. Both are asked anew for each
/// connection, so managers that reload their certificates need no restart.
///
/// @param keys proves this replica, as a server and as a client
/// @param trust decides on the certificates of both sides, and on what names they must bear:
///     nothing else compares a certificate with the address it was reached at
public record LogTls(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {}
