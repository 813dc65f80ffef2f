package io.kogluktualuk.fabric.trust;

import io.kogluktualuk.fabric.rpc.PeerName;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Trusts the peers of some roles, by roots that may change: each question goes to those of now.
///
/// **Threading:** any thread.
final class FollowingTrust extends X509ExtendedTrustManager {

  private final Supplier<X509ExtendedTrustManager> current;
  private final Set<PeerName.Role> roles;

  FollowingTrust(Supplier<X509ExtendedTrustManager> current, Set<PeerName.Role> roles) {
    this.current = current;
    this.roles = roles;
  }

  private void needRole(X509Certificate[] chain) throws CertificateException {
    PeerName peer = PeerTrust.peerOf(chain);
    if (!roles.contains(peer.role())) {
      throw new CertificateException("the peer is " + peer + ", expected one of " + roles);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    needRole(chain);
    current.get().checkClientTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    needRole(chain);
    current.get().checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    needRole(chain);
    current.get().checkClientTrusted(chain, type, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    needRole(chain);
    current.get().checkServerTrusted(chain, type);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    needRole(chain);
    current.get().checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    needRole(chain);
    current.get().checkServerTrusted(chain, type, engine);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return current.get().getAcceptedIssuers();
  }
}
