package io.kogluktualuk.fabric.trust;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.rpc.PeerName;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Trusts the peers of one cluster: a chain to one of its roots, the cluster's name, and for
/// whoever answers calls the role of a server.
///
/// **Threading:** any thread; immutable.
final class PeerTrust extends X509ExtendedTrustManager {

  private final String cluster;
  private final X509ExtendedTrustManager roots;

  PeerTrust(String cluster, X509ExtendedTrustManager roots) {
    this.cluster = cluster;
    this.roots = roots;
  }

  /// One check of the JDK's.
  private interface ChainCheck {
    void run() throws CertificateException;
  }

  private void check(X509Certificate[] chain, boolean isServer, ChainCheck ofChain)
      throws CertificateException {
    PeerName peer = peerOf(chain);
    // What is claimed is enough to refuse, and says more than a missing path.
    if (!peer.cluster().equals(cluster)) {
      throw new CertificateException(
          "the peer is " + peer + ", this side belongs to cluster " + cluster);
    }
    if (isServer && !peer.role().isServer()) {
      throw new CertificateException(
          "the peer that answers is " + peer + ", and that is no server");
    }
    try {
      ofChain.run();
    } catch (CertificateException e) {
      throw new CertificateException(
          "the certificate of "
              + peer
              + ", valid from "
              + chain[0].getNotBefore().toInstant()
              + " until "
              + chain[0].getNotAfter().toInstant()
              + ", is not trusted here: "
              + e.getMessage(),
          e);
    }
  }

  /// Who a chain claims to be.
  static PeerName peerOf(X509Certificate[] chain) throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateException("the peer has no certificate");
    }
    try {
      return Certificates.subjectOf("the peer's certificate", chain[0]).peer();
    } catch (MalformedEncoding e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, false, () -> roots.checkClientTrusted(chain, type));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, false, () -> roots.checkClientTrusted(chain, type, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, false, () -> roots.checkClientTrusted(chain, type, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, true, () -> roots.checkServerTrusted(chain, type));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, true, () -> roots.checkServerTrusted(chain, type, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, true, () -> roots.checkServerTrusted(chain, type, engine));
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return roots.getAcceptedIssuers();
  }
}
