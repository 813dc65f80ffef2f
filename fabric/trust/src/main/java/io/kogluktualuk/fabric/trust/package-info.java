/// Who is who in a cluster: its certificate authority, the certificates it issues, and the identity
/// that a process proves with one of them.
///
/// The only door of Bouncy Castle, which makes certificates; keys, signatures and TLS are the
/// JDK's. Touches `fabric.rpc`'s names and `fabric.fault`; knows no transport.
@NullMarked
package io.kogluktualuk.fabric.trust;

import org.jspecify.annotations.NullMarked;
