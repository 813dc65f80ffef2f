package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.rpc.Caller;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// What a connection does about TLS. With it the handshake comes first, at a server in a place
/// among the half-open connections, and messages are sealed and opened from then on. Without it
/// messages are taken as they are, and a peer with TLS is recognised.
///
/// **Threading:** as [TlsLink].
final class EndpointSecurity {

  private static final byte HANDSHAKE_RECORD = 22;
  private static final byte TLS = 3;

  /// The connection's messages for the handshake.
  interface Messages {
    /// Room for the message that is sent as the n-th of the handshake.
    ByteBuffer message(int number);

    /// Sends it, from 0 to its position.
    void post(int number) throws IOException;

    void lose(String reason);
  }

  private final HalfOpen halfOpen;
  private final boolean isServer;
  private final Messages messages;
  private final @Nullable TlsLink tls;

  /// From where this connection takes a place among the half-open ones.
  private final AtomicReference<@Nullable String> place = new AtomicReference<>();

  private volatile @Nullable String refusal;

  EndpointSecurity(RpcSecurity security, boolean isServer, HalfOpen halfOpen, Messages messages) {
    this.halfOpen = halfOpen;
    this.isServer = isServer;
    this.messages = messages;
    this.tls =
        security instanceof RpcSecurity.Tls own
            ? new TlsLink(own, isServer, new HandshakeWire(), halfOpen)
            : null;
  }

  private final class HandshakeWire implements TlsLink.Wire {
    @Override
    public ByteBuffer message(int number) {
      return messages.message(number);
    }

    @Override
    public void post(int number) throws IOException {
      messages.post(number);
    }

    @Override
    public void lose(String reason) {
      messages.lose(reason);
    }

    @Override
    public void shaken() {
      String address = place.getAndSet(null);
      if (address != null) {
        halfOpen.leave(address);
      }
    }
  }

  /// How many messages the handshake may take, besides those of the connection.
  int messages() {
    return tls == null ? 0 : TlsLink.MESSAGES_MAX;
  }

  /// By how much a message grows when it is sealed.
  int growthBytes() {
    return tls == null ? 0 : TlsEngine.GROWTH_BYTES;
  }

  /// Whether a server has room for another handshake.
  ///
  /// @param address where the client is
  boolean mayShake(String address) {
    if (tls == null || !isServer) {
      return true;
    }
    if (!halfOpen.tryEnter(address)) {
      return false;
    }
    place.set(address);
    return true;
  }

  /// Proves who this client is, and finds out who the server is.
  ///
  /// @throws Refused when one side does not want the other
  /// @throws DeadlineExceeded when that takes too long
  void shake(InetSocketAddress server, long nanos) throws InterruptedException {
    if (tls == null) {
      return;
    }
    tls.start(server);
    if (!tls.await(nanos)) {
      messages.lose("no end of the TLS handshake");
      throw new DeadlineExceeded("the TLS handshake with " + server + " does not end in time");
    }
    String reason = tls.refusal();
    if (reason != null) {
      throw new Refused("no secure connection to " + server + ": " + reason);
    }
  }

  /// Whether entries may be exchanged: at once, or when the handshake is over.
  boolean isReady() {
    return tls == null || tls.isReady();
  }

  /// Who the peer is, as far as that is proven.
  Caller caller() {
    return tls == null ? Caller.UNPROVEN : tls.caller();
  }

  /// Why the peer has been refused; null when it has not.
  @Nullable String refusal() {
    return tls == null ? refusal : tls.refusal();
  }

  /// Replaces a message's entries by records, if there is TLS.
  void seal(ByteBuffer message) throws SSLException {
    if (tls != null) {
      tls.seal(message);
    }
  }

  /// Takes a message on the completion thread.
  ///
  /// @return whether `plain` has entries now
  boolean take(ByteBuffer message, ByteBuffer plain) {
    if (tls != null) {
      return tls.take(message, plain);
    }
    plain.put(message);
    return true;
  }

  /// Whether a message that makes no sense begins like a client's handshake with a server that has
  /// no TLS. Then the client is refused.
  boolean refusesTls(ByteBuffer message) {
    boolean isRecord =
        message.limit() > 2 && message.get(0) == HANDSHAKE_RECORD && message.get(1) == TLS;
    if (!isServer || tls != null || !isRecord) {
      return false;
    }
    refusal = "the client speaks TLS, this server is configured without";
    return true;
  }

  /// The connection is over.
  void onLost(String reason) {
    if (tls != null) {
      tls.onLost(reason);
    }
  }
}
