package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import io.kogluktualuk.fabric.fault.Refused;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts connections on a TCP port and turns those that introduce themselves into requests.
///
/// **Threading:** the reactor's thread, except for opening and closing.
/// **Bound:** [#STRANGERS_MAX] connections that have not introduced themselves; further ones are
/// closed at once. Each has the handshake timeout to do it.
final class Listener implements Reactor.Handler {

  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final int STRANGERS_MAX = 64;

  private final Host host;
  private final SoftwareCmId id;
  private final ServerSocketChannel socket;
  private final InetSocketAddress address;
  private final AtomicInteger strangers = new AtomicInteger();

  private Listener(Host host, SoftwareCmId id, ServerSocketChannel socket) throws IOException {
    this.host = host;
    this.id = id;
    this.socket = socket;
    this.address = (InetSocketAddress) socket.getLocalAddress();
  }

  /// Listens. A port in use is a [java.net.BindException].
  static Listener open(Host host, SoftwareCmId id, InetSocketAddress address, int backlog)
      throws IOException {
    ServerSocketChannel socket = ServerSocketChannel.open();
    try {
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      socket.bind(address, backlog);
      socket.configureBlocking(false);
      Listener listener = new Listener(host, id, socket);
      host.reactor().register(socket, SelectionKey.OP_ACCEPT, listener);
      return listener;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  InetSocketAddress address() {
    return address;
  }

  @Override
  public void onReady(SelectionKey key) throws IOException {
    SocketChannel accepted = socket.accept();
    if (accepted == null) {
      return;
    }
    if (strangers.get() >= STRANGERS_MAX) {
      LOG.warn("{}: too many connections that have not introduced themselves", address);
      accepted.close();
      return;
    }
    new Stranger().begin(accepted);
  }

  /// A connection that has not introduced itself. Only the reactor's thread uses it.
  private final class Stranger implements Wire.Listener {

    private @Nullable Wire wire;
    private boolean isStranger = true;

    void begin(SocketChannel accepted) throws IOException {
      strangers.incrementAndGet();
      Wire accepting;
      try {
        accepting = Wire.accepted(host.reactor(), accepted, this);
      } catch (IOException | RuntimeException e) {
        strangers.decrementAndGet();
        accepted.close();
        throw e;
      }
      wire = accepting;
      long millis = host.settings().handshakeTimeout().toMillis();
      host.reactor().schedule(millis, TimeUnit.MILLISECONDS, () -> onTimeout(accepting));
    }

    private void onTimeout(Wire slow) {
      if (isStranger) {
        slow.close("it did not introduce itself in time");
      }
    }

    @Override
    public void onMessage(CmMessage message) {
      becomeKnown();
      if (wire != null) {
        request(wire, message);
      }
    }

    @Override
    public void onLost(String reason) {
      becomeKnown();
      LOG.debug("{}: a connection was dropped: {}", address, reason);
    }

    private void becomeKnown() {
      if (isStranger) {
        isStranger = false;
        strangers.decrementAndGet();
      }
    }
  }

  private void request(Wire wire, CmMessage message) {
    if (!(message instanceof CmMessage.Hello hello)) {
      wire.close("it did not say hello");
      return;
    }
    try {
      if (!hello.host().equals(host.kernel())) {
        throw new Refused("the peer runs on another host, and only shared memory is served");
      }
      Link link = Link.open(hello.link().token(), hello.link().nonce());
      SoftwareCmId child = new SoftwareCmId(id.events(), host.context());
      Connection.requested(host, child, wire, hello, link);
      id.events().add(EventType.RDMA_CM_EVENT_CONNECT_REQUEST, id, child);
    } catch (Refused | IOException e) {
      LOG.debug("{}: a connection was refused: {}", address, e.getMessage());
      wire.send(new CmMessage.Reject(String.valueOf(e.getMessage())));
      wire.closeWhenSent();
    }
  }

  /// Stops listening; the port is free when this returns.
  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.warn("{}: cannot close the listening socket", address, e);
    }
    host.reactor().releaseAndWait();
  }
}
