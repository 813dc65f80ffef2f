package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.rpc.PeerName;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// How control connections are secured: not at all, or by mutual TLS 1.3. Both sides must agree;
/// when they do not, both say so.
///
/// **Threading:** immutable; what it is given is used by any thread.
public sealed interface RpcSecurity {

  /// Everybody may connect, nobody is proven to be anybody.
  RpcSecurity NONE = new None();

  /// See [#NONE].
  record None() implements RpcSecurity {}

  /// Both sides prove who they are.
  ///
  /// @param contexts asked for each connection, so that keys and trust may change meanwhile
  /// @param self who this side is
  record Tls(Supplier<SSLContext> contexts, PeerCheck check, PeerName self)
      implements RpcSecurity {}

  /// The same, but the server that is called has to have a certain role: none other that has a
  /// certificate for that host can answer in its place.
  default RpcSecurity expecting(PeerName.Role role) {
    return switch (this) {
      case None none -> none;
      case Tls(Supplier<SSLContext> contexts, PeerCheck check, PeerName self) ->
          new Tls(
              contexts,
              (chain, called) -> required(role, check.check(chain, called), called),
              self);
    };
  }

  private static PeerName required(
      PeerName.Role role, PeerName peer, @Nullable InetSocketAddress called)
      throws CertificateException {
    if (called != null && peer.role() != role) {
      throw new CertificateException(
          "at " + called + " answers " + peer + ", expected a " + role.word() + " node");
    }
    return peer;
  }

  /// Says who is at the other end, once TLS has found its certificate to be trusted.
  interface PeerCheck {

    /// @param chain the peer's certificate first
    /// @param called the server that was called; null when it is the other side that has called
    /// @throws CertificateException when this peer is not the one that is meant
    PeerName check(X509Certificate[] chain, @Nullable InetSocketAddress called)
        throws CertificateException;
  }
}
