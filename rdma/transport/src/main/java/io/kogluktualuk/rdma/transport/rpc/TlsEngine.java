package io.kogluktualuk.rdma.transport.rpc;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/// The JDK's TLS 1.3 (RFC 8446), cut to messages: each carries whole records, none is continued in
/// the next.
///
/// **Threading:** one thread seals, one opens; during the handshake one thread does all.
/// **Bound:** what a message's plain text grows by is [#GROWTH_BYTES] at most: 22 bytes for each of
/// its three records, and a change of keys.
final class TlsEngine {

  static final int GROWTH_BYTES = 1024;

  private static final String[] PROTOCOLS = {"TLSv1.3"};
  private static final String[] CIPHERS = {
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
  };
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private final SSLEngine engine;

  /// Where records are made. The JDK makes none unless the largest would fit.
  private final ByteBuffer sealed;

  TlsEngine(RpcSecurity.Tls security, boolean isServer) {
    engine = security.contexts().get().createSSLEngine();
    engine.setUseClientMode(!isServer);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setCipherSuites(CIPHERS);
    if (isServer) {
      parameters.setNeedClientAuth(true);
    }
    engine.setSSLParameters(parameters);
    int packet = engine.getSession().getPacketBufferSize();
    sealed = ByteBuffer.allocate(MessageBuffers.PLAIN_BYTES + GROWTH_BYTES + packet);
  }

  void begin() throws SSLException {
    engine.beginHandshake();
  }

  HandshakeStatus status() {
    return engine.getHandshakeStatus();
  }

  /// Does what the handshake needs computed.
  void runTasks() {
    Runnable task = engine.getDelegatedTask();
    while (task != null) {
      task.run();
      task = engine.getDelegatedTask();
    }
  }

  /// Adds what the handshake has to say to the message that is being made.
  void say() throws SSLException {
    while (status() == HandshakeStatus.NEED_WRAP) {
      SSLEngineResult result = engine.wrap(NOTHING, sealed);
      if (result.bytesProduced() == 0) {
        throw new SSLException("the handshake has nothing to say: " + result.getStatus());
      }
    }
  }

  /// Adds data to the message that is being made.
  void say(ByteBuffer plain) throws SSLException {
    while (plain.hasRemaining()) {
      SSLEngineResult result = engine.wrap(plain, sealed);
      if (result.bytesProduced() == 0) {
        throw new SSLException("cannot seal a message: " + result.getStatus());
      }
    }
  }

  /// Whether something has been said.
  boolean hasSaid() {
    return sealed.position() > 0;
  }

  /// Forgets what was said.
  void unsay() {
    sealed.clear();
  }

  /// Moves what was said into a message.
  void moveTo(ByteBuffer message) throws SSLException {
    sealed.flip();
    try {
      if (sealed.remaining() > message.capacity()) {
        throw new SSLException(
            "a message of " + sealed.remaining() + " bytes, at most " + message.capacity());
      }
      message.clear();
      message.put(sealed);
    } finally {
      sealed.clear();
    }
  }

  /// Replaces the plain text of a message, from 0 to its position, by its records.
  void seal(ByteBuffer message) throws SSLException {
    message.flip();
    say(message);
    moveTo(message);
  }

  /// Takes one record.
  void hear(ByteBuffer message, ByteBuffer plain) throws SSLException {
    SSLEngineResult result = engine.unwrap(message, plain);
    if (result.getStatus() != SSLEngineResult.Status.OK) {
      throw new SSLException("not whole records: " + result.getStatus());
    }
  }

  /// Opens all records of a message.
  void open(ByteBuffer message, ByteBuffer plain) throws SSLException {
    while (message.hasRemaining()) {
      hear(message, plain);
    }
  }

  X509Certificate[] peer() throws SSLException {
    return (X509Certificate[]) engine.getSession().getPeerCertificates();
  }
}
