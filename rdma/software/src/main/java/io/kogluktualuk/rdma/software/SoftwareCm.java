package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvQPInitAttr;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaConnParam;
import com.ibm.disni.verbs.RdmaEventChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// DiSNI's connection manager calls, on this provider's objects.
///
/// **Threading:** any thread.
final class SoftwareCm extends RdmaCm {

  private final Host host;

  SoftwareCm(Host host) {
    this.host = host;
  }

  @Override
  public RdmaEventChannel createEventChannel() throws IOException {
    return new SoftwareEventChannel(host.number());
  }

  @Override
  public RdmaCmId createId(RdmaEventChannel channel, short portSpace) throws IOException {
    return new SoftwareCmId((SoftwareEventChannel) channel, host.context());
  }

  @Override
  public IbvQP createQP(RdmaCmId id, IbvPd domain, IbvQPInitAttr attributes) throws IOException {
    if (!domain.isOpen()
        || !attributes.getSend_cq().isOpen()
        || !attributes.getRecv_cq().isOpen()) {
      throw new IOException("a queue pair needs an open domain and open completion queues");
    }
    SoftwareQueuePair queuePair =
        new SoftwareQueuePair(host.number(), (SoftwareDomain) domain, attributes, host.regions());
    ((SoftwareCmId) id).queuePair(queuePair);
    return queuePair;
  }

  @Override
  public void bindAddr(RdmaCmId id, SocketAddress address) {
    ((SoftwareCmId) id).bind((InetSocketAddress) address);
  }

  @Override
  public void listen(RdmaCmId id, int backlog) throws IOException {
    SoftwareCmId listening = (SoftwareCmId) id;
    InetSocketAddress address = listening.bound();
    if (address == null) {
      throw new IOException("a listener needs an address");
    }
    listening.listener(Listener.open(host, listening, address, backlog));
  }

  @Override
  public void resolveAddr(
      RdmaCmId id, @Nullable SocketAddress source, SocketAddress target, int timeoutMillis) {
    SoftwareCmId connecting = (SoftwareCmId) id;
    if (target instanceof InetSocketAddress address && !address.isUnresolved()) {
      connecting.target(address, timeoutMillis);
      connecting.raise(EventType.RDMA_CM_EVENT_ADDR_RESOLVED);
    } else {
      connecting.failure("cannot resolve " + target);
      connecting.raise(EventType.RDMA_CM_EVENT_ADDR_ERROR);
    }
  }

  @Override
  public void resolveRoute(RdmaCmId id, int timeoutMillis) {
    ((SoftwareCmId) id).raise(EventType.RDMA_CM_EVENT_ROUTE_RESOLVED);
  }

  @Override
  public @Nullable RdmaCmEvent getCmEvent(RdmaEventChannel channel, int timeoutMillis)
      throws IOException {
    return ((SoftwareEventChannel) channel).await(timeoutMillis);
  }

  @Override
  public void connect(RdmaCmId id, RdmaConnParam parameters) throws IOException {
    Connection.connect(host, (SoftwareCmId) id, parameters.getRnr_retry_count());
  }

  @Override
  public void accept(RdmaCmId id, RdmaConnParam parameters) throws IOException {
    Connection connection = ((SoftwareCmId) id).connection();
    if (connection == null) {
      throw new IOException("no connection has been requested");
    }
    connection.accept(parameters.getRnr_retry_count());
  }

  @Override
  public int ackCmEvent(RdmaCmEvent event) {
    SoftwareCmId id = (SoftwareCmId) event.getConnIdPriv();
    id.events().onAcknowledged();
    return 0;
  }

  @Override
  public int disconnect(RdmaCmId id) {
    Connection connection = ((SoftwareCmId) id).connection();
    if (connection != null) {
      connection.disconnect();
    }
    return 0;
  }

  @Override
  public int destroyEventChannel(RdmaEventChannel channel) {
    channel.close();
    return 0;
  }

  @Override
  public int destroyCmId(RdmaCmId id) {
    SoftwareCmId going = (SoftwareCmId) id;
    if (!going.destroy()) {
      return 0;
    }
    Listener listener = going.listener();
    if (listener != null) {
      listener.close();
    }
    Connection connection = going.connection();
    if (connection != null) {
      connection.close();
    }
    going.events().onIdDestroyed(going).forEach(this::destroyCmId);
    return 0;
  }

  @Override
  public int destroyQP(RdmaCmId id) {
    SoftwareQueuePair queuePair = ((SoftwareCmId) id).queuePair();
    if (queuePair != null) {
      queuePair.destroy();
    }
    return 0;
  }

  @Override
  public SocketAddress getSrcAddr(RdmaCmId id) {
    return ((SoftwareCmId) id).source();
  }

  @Override
  public SocketAddress getDstAddr(RdmaCmId id) {
    return ((SoftwareCmId) id).destination();
  }

  @Override
  public int destroyEp(RdmaCmId id) {
    return destroyQP(id) | destroyCmId(id);
  }

  /// Whether somebody is still acting on an event of the channel that this id belongs to.
  static boolean hasOpenEvents(RdmaCmId id) {
    return id instanceof SoftwareCmId own && own.events().hasOpenEvents();
  }

  /// Why an id's connection failed or ended, in words; empty when it has not.
  static String failureOf(RdmaCmId id) {
    return id instanceof SoftwareCmId own ? own.failure() : "";
  }
}
