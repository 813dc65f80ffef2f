package io.kogluktualuk.rdma.transport.rpc;

import com.ibm.darpc.DaRPCEndpointGroup;
import com.ibm.disni.RdmaCqProvider;
import com.ibm.disni.RdmaServerEndpoint;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.RdmaCmId;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.rdma.provider.Verbs;
import io.kogluktualuk.rdma.transport.credit.CreditLedger;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The endpoints of one server, or of one client connection, with their completion thread and
/// their protection domain.
///
/// **Threading:** any thread. **Ownership:** closing it closes its endpoints and ends its
/// threads.
final class RpcGroup extends DaRPCEndpointGroup<RpcEndpoint, Frame, Frame> {

  /// How often DiSNI's thread looks whether it was stopped, when nothing wakes it.
  private static final int LOOK_MILLIS = 1000;

  private static final Logger LOG = LoggerFactory.getLogger(RpcGroup.class);

  private final Set<RpcEndpoint> live = ConcurrentHashMap.newKeySet();
  private final String name;
  private final HalfOpen halfOpen;
  private final Settings settings;
  private final RpcStatistics statistics;
  private @Nullable CompletionLoop loop;
  private @Nullable IbvPd domain;

  /// @param window data messages on their way in each direction; the same on both sides
  /// @param ticker told at least every second, by the completion thread; must not block
  record Settings(RpcSettings patience, int endpointsMax, int window, Runnable ticker) {

    /// RECVs on each side, and messages to send.
    int depth() {
      int handshake = patience.security() instanceof RpcSecurity.Tls ? TlsLink.MESSAGES_MAX : 0;
      return window + CreditLedger.CONTROL_MAX + handshake;
    }
  }

  private RpcGroup(String name, Settings settings, RpcStatistics statistics) throws Exception {
    super(new FrameProtocol(), LOOK_MILLIS, 0, settings.depth(), settings.depth());
    this.name = name;
    this.settings = settings;
    this.statistics = statistics;
    this.halfOpen = new HalfOpen(statistics.handshakesRefused(), statistics.handshakes());
  }

  static RpcGroup open(
      String name, Settings settings, RpcStatistics statistics, RpcEndpoint.Receiver receiver) {
    Verbs.install();
    try {
      RpcGroup group = new RpcGroup(name, settings, statistics);
      // Credits see to it that a RECV is always posted: a message that finds none is an error.
      group.getConnParam().setRnr_retry_count((byte) 0);
      group.init((id, serverSide) -> group.create(id, serverSide, receiver));
      return group;
    } catch (Exception e) {
      throw new Unavailable("cannot open an endpoint group for " + name + ": " + e, e);
    }
  }

  RpcSettings settings() {
    return settings.patience();
  }

  RpcStatistics statistics() {
    return statistics;
  }

  HalfOpen halfOpen() {
    return halfOpen;
  }

  Set<RpcEndpoint> endpoints() {
    return live;
  }

  @Override
  public synchronized IbvPd createProtectionDomain(RpcEndpoint endpoint) throws IOException {
    return domain(endpoint.getIdPriv().getVerbs());
  }

  @Override
  public synchronized IbvPd createProtectionDomain(RdmaServerEndpoint<RpcEndpoint> endpoint)
      throws IOException {
    return domain(endpoint.getIdPriv().getVerbs());
  }

  private IbvPd domain(IbvContext context) throws IOException {
    if (domain == null) {
      domain = context.allocPd();
    }
    return domain;
  }

  @Override
  public synchronized RdmaCqProvider createCqProvider(RpcEndpoint endpoint) throws IOException {
    return loop(endpoint.getIdPriv().getVerbs());
  }

  private synchronized CompletionLoop loop(IbvContext context) throws IOException {
    if (loop == null) {
      loop =
          CompletionLoop.start(
              context,
              settings.endpointsMax(),
              settings.depth(),
              name,
              settings.patience().pingAfter(),
              settings.ticker());
    }
    return loop;
  }

  @Override
  public synchronized IbvQP createQpProvider(RpcEndpoint endpoint) throws IOException {
    CompletionLoop current = loop(endpoint.getIdPriv().getVerbs());
    if (!current.add(endpoint)) {
      // DiSNI would forget it and leave the client waiting; this tells it that it is refused.
      Thread.startVirtualThread(() -> drop(endpoint));
      throw new IOException(name + " has " + settings.endpointsMax() + " connections already");
    }
    if (!endpoint.mayShake()) {
      Thread.startVirtualThread(() -> drop(endpoint));
      throw new IOException(
          name
              + " has no room for another connection from there that has not proven who it is: "
              + halfOpen.count()
              + " of "
              + HalfOpen.MAX
              + " are taken");
    }
    return createQP(endpoint.getIdPriv(), endpoint.getPd(), current.getCQ());
  }

  @Override
  public void allocateResources(RpcEndpoint endpoint) throws IOException {
    endpoint.allocateResources();
  }

  private RpcEndpoint create(RdmaCmId id, boolean serverSide, RpcEndpoint.Receiver receiver)
      throws IOException {
    RpcEndpoint endpoint = new RpcEndpoint(this, id, serverSide, settings.window(), receiver);
    live.add(endpoint);
    return endpoint;
  }

  /// Closes one endpoint; waits when another thread is closing it.
  void drop(RpcEndpoint endpoint) {
    try {
      endpoint.close();
    } catch (IOException e) {
      LOG.warn("{}: closing an endpoint failed", name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    live.remove(endpoint);
    CompletionLoop current = currentLoop();
    if (current != null) {
      current.remove(endpoint);
    }
  }

  private synchronized @Nullable CompletionLoop currentLoop() {
    return loop;
  }

  /// Closes all endpoints and ends the threads. The listener, if there was one, is closed already.
  ///
  /// Endpoints are closed one by one first: DiSNI's group takes its own lock before theirs when it
  /// closes them, and they take it after theirs.
  void shutDown() {
    boolean wasInterrupted = Thread.interrupted();
    live.forEach(this::drop);
    try {
      close();
    } catch (IOException e) {
      LOG.warn("{}: closing the endpoint group failed", name, e);
    } catch (InterruptedException e) {
      wasInterrupted = true;
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    super.close();
    CompletionLoop current = currentLoop();
    if (current != null) {
      current.close();
    }
    freeDomain();
  }

  private synchronized void freeDomain() throws IOException {
    IbvPd used = domain;
    domain = null;
    if (used == null) {
      return;
    }
    try {
      used.deallocPd();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
