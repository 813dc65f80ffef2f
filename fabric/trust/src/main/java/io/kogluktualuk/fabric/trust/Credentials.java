package io.kogluktualuk.fabric.trust;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Refused;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// The files of one identity as they were at one time, checked against each other, and what the
/// JDK's TLS makes of them.
///
/// **Threading:** immutable.
record Credentials(
    Subject subject,
    X509Certificate certificate,
    List<X509Certificate> trust,
    X509ExtendedKeyManager keys,
    X509ExtendedTrustManager peers,
    SSLContext context) {

  /// Sessions are not resumed: whoever connects is checked against the trust of now.
  private static final int SESSION_SECONDS = 1;

  /// @throws io.kogluktualuk.fabric.fault.FabricException when a file is missing, is damaged, does
  ///     not go with the others, or the certificate is not valid now
  static Credentials read(Path folder, Instant now) {
    Path certificateFile = folder.resolve(Issued.CERTIFICATE_FILE);
    Path keyFile = folder.resolve(Issued.KEY_FILE);
    Path trustFile = folder.resolve(Issued.TRUST_FILE);
    List<X509Certificate> chain =
        Certificates.parse(certificateFile.toString(), Pem.read(certificateFile));
    PrivateKey key = Keys.parse(keyFile.toString(), Pem.read(keyFile));
    List<X509Certificate> trust = Certificates.parse(trustFile.toString(), Pem.read(trustFile));
    X509Certificate own = chain.getFirst();
    Subject subject = Certificates.subjectOf(certificateFile.toString(), own);
    if (!Keys.isPair(key, own.getPublicKey())) {
      throw new Conflict(keyFile + " is not the key of " + certificateFile);
    }
    checkTime(certificateFile, own, now);
    try {
      return of(subject, chain, key, trust, certificateFile);
    } catch (GeneralSecurityException e) {
      throw new Refused("cannot use the identity in " + folder + ": " + e.getMessage(), e);
    }
  }

  private static void checkTime(Path file, X509Certificate own, Instant now) {
    if (now.isAfter(own.getNotAfter().toInstant())) {
      throw new Refused(file + " has expired at " + own.getNotAfter().toInstant());
    }
    if (now.isBefore(own.getNotBefore().toInstant())) {
      throw new Refused(
          file + " is not valid before " + own.getNotBefore().toInstant() + ", now is " + now);
    }
  }

  private static Credentials of(
      Subject subject,
      List<X509Certificate> chain,
      PrivateKey key,
      List<X509Certificate> trust,
      Path file)
      throws GeneralSecurityException {
    X509ExtendedKeyManager keys = keyManager(chain, key);
    X509ExtendedTrustManager known = trustManager(trust);
    PeerTrust peers = new PeerTrust(subject.peer().cluster(), known);
    try {
      known.checkClientTrusted(chain.toArray(X509Certificate[]::new), "EC");
    } catch (CertificateException e) {
      throw new Conflict(file + " is not certified by a root in trust.pem: " + e.getMessage(), e);
    }
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(new KeyManager[] {keys}, new TrustManager[] {peers}, null);
    context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
    context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
    return new Credentials(subject, chain.getFirst(), List.copyOf(trust), keys, peers, context);
  }

  private static X509ExtendedKeyManager keyManager(List<X509Certificate> chain, PrivateKey key)
      throws GeneralSecurityException {
    KeyStore store = emptyStore();
    store.setKeyEntry("own", key, new char[0], chain.toArray(X509Certificate[]::new));
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, new char[0]);
    for (KeyManager each : factory.getKeyManagers()) {
      if (each instanceof X509ExtendedKeyManager found) {
        return found;
      }
    }
    throw new GeneralSecurityException("the JDK has no key manager for X.509");
  }

  private static X509ExtendedTrustManager trustManager(List<X509Certificate> trust)
      throws GeneralSecurityException {
    KeyStore store = emptyStore();
    for (int i = 0; i < trust.size(); i++) {
      store.setCertificateEntry("root-" + i, trust.get(i));
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    for (TrustManager each : factory.getTrustManagers()) {
      if (each instanceof X509ExtendedTrustManager found) {
        return found;
      }
    }
    throw new GeneralSecurityException("the JDK has no trust manager for X.509");
  }

  private static KeyStore emptyStore() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (java.io.IOException e) {
      throw new GeneralSecurityException("an empty key store cannot be made", e);
    }
    return store;
  }
}
