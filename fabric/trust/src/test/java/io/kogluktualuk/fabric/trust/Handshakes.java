package io.kogluktualuk.fabric.trust;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Assertions;

/// TLS handshakes between two contexts of this process, without a network.
///
/// **Threading:** one thread.
final class Handshakes {

  private static final int STEPS_MAX = 100;
  private static final int BYTES = 1 << 16;

  private final SSLEngine client;
  private final SSLEngine server;
  private final ByteBuffer toServer = ByteBuffer.allocate(BYTES);
  private final ByteBuffer toClient = ByteBuffer.allocate(BYTES);

  private Handshakes(SSLContext client, SSLContext server) {
    this.client = client.createSSLEngine();
    this.server = server.createSSLEngine();
    this.client.setUseClientMode(true);
    this.server.setUseClientMode(false);
    this.server.setNeedClientAuth(true);
  }

  /// Shakes hands; both sides' views of the other's certificate.
  static X509Certificate[][] shake(SSLContext client, SSLContext server) throws SSLException {
    Handshakes hands = new Handshakes(client, server);
    hands.client.beginHandshake();
    hands.server.beginHandshake();
    // The client is through before the server has looked at its certificate: a few turns more.
    for (int i = 0; i < STEPS_MAX && !hands.isDone(); i++) {
      hands.turn(hands.client, hands.toClient, hands.toServer);
      hands.turn(hands.server, hands.toServer, hands.toClient);
    }
    Assertions.assertTrue(hands.isDone(), "the handshake does not end");
    return new X509Certificate[][] {peerOf(hands.client), peerOf(hands.server)};
  }

  static X509Certificate[][] shake(Identity client, Identity server) throws SSLException {
    return shake(client.sslContext(), server.sslContext());
  }

  /// Whether both accept each other, also by what their certificates say.
  static boolean accept(Identity client, Identity server) {
    try {
      X509Certificate[][] peers = shake(client, server);
      var called = InetSocketAddress.createUnresolved("localhost", 1);
      return client.peer(peers[0], called).equals(server.name())
          && server.peer(peers[1], null).equals(client.name());
    } catch (SSLException | java.security.cert.CertificateException e) {
      return false;
    }
  }

  private static X509Certificate[] peerOf(SSLEngine engine) throws SSLException {
    return (X509Certificate[]) engine.getSession().getPeerCertificates();
  }

  private boolean isDone() {
    return !isBusy(client) && !isBusy(server) && toServer.position() == 0;
  }

  private static boolean isBusy(SSLEngine engine) {
    return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
  }

  private void turn(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    ByteBuffer none = ByteBuffer.allocate(1 << 15);
    for (int i = 0; i < STEPS_MAX; i++) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING, FINISHED -> {
          in.flip();
          SSLEngineResult result = engine.unwrap(in, none);
          in.compact();
          if (result.bytesConsumed() == 0
              && engine.getHandshakeStatus() != HandshakeStatus.NEED_TASK) {
            return;
          }
        }
      }
    }
  }
}
