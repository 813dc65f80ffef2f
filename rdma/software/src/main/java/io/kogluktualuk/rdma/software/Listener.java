package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import io.kogluktualuk.fabric.fault.Refused;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts connections on a TCP port and turns those that introduce themselves into requests.
///
/// **Threading:** the threads of loops, except for opening and closing.
/// **Bound:** [#STRANGERS_MAX] connections that have not introduced themselves; further ones are
/// closed at once. Each has the handshake timeout to do it.
final class Listener implements Loop.Acceptor {

  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final int STRANGERS_MAX = 64;

  private final Host host;
  private final SoftwareCmId id;
  private final InetSocketAddress wanted;
  private final AtomicInteger strangers = new AtomicInteger();
  private final Loop.Port port;

  private Listener(Host host, SoftwareCmId id, InetSocketAddress wanted, int backlog)
      throws IOException {
    this.host = host;
    this.id = id;
    this.wanted = wanted;
    this.port = host.loops().of(wanted).listen(wanted, backlog, this);
  }

  /// Listens. A port in use is a [java.net.BindException].
  static Listener open(Host host, SoftwareCmId id, InetSocketAddress address, int backlog)
      throws IOException {
    return new Listener(host, id, address, backlog);
  }

  InetSocketAddress address() {
    return port.address();
  }

  @Override
  public void onAccepted(StreamSocket accepted) {
    if (strangers.get() >= STRANGERS_MAX) {
      LOG.warn("{}: too many connections that have not introduced themselves", wanted);
      accepted.close();
      return;
    }
    new Stranger().begin(accepted);
  }

  /// A connection that has not introduced itself. Only its loop's thread uses it.
  private final class Stranger implements Wire.Listener {

    private final AtomicInteger counted = new AtomicInteger(1);
    private @Nullable Wire wire;

    void begin(StreamSocket accepted) {
      strangers.incrementAndGet();
      accepted
          .loop()
          .execute(
              () -> {
                Wire accepting = Wire.accepted(accepted, this);
                wire = accepting;
                long millis = host.settings().handshakeTimeout().toMillis();
                accepting.schedule(millis, TimeUnit.MILLISECONDS, () -> onTimeout(accepting));
              });
    }

    private void onTimeout(Wire slow) {
      if (counted.get() > 0) {
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
      LOG.debug("{}: a connection was dropped: {}", wanted, reason);
    }

    private void becomeKnown() {
      strangers.addAndGet(-counted.getAndSet(0));
    }
  }

  private void request(Wire wire, CmMessage message) {
    if (!(message instanceof CmMessage.Hello hello)) {
      wire.close("it did not say hello");
      return;
    }
    try {
      Meeting meeting = Meeting.of(host, hello);
      SoftwareCmId child = new SoftwareCmId(id.events(), host.context());
      Connection.requested(host, child, wire, hello, meeting);
      id.events().add(EventType.RDMA_CM_EVENT_CONNECT_REQUEST, id, child);
    } catch (Refused | IOException e) {
      LOG.debug("{}: a connection was refused: {}", wanted, e.getMessage());
      wire.send(new CmMessage.Reject(String.valueOf(e.getMessage())));
      wire.closeWhenSent();
    }
  }

  /// Stops listening; the port is free when this returns.
  void close() {
    port.close();
  }
}
