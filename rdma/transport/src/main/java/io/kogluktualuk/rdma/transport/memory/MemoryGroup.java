package io.kogluktualuk.rdma.transport.memory;

import com.ibm.disni.RdmaCqProvider;
import com.ibm.disni.RdmaEndpointGroup;
import com.ibm.disni.RdmaServerEndpoint;
import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvQPInitAttr;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.rdma.provider.Verbs;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one-sided queue pairs of one client or one server, all in one protection domain.
///
/// **Threading:** any thread. **Ownership:** [#shutDown] closes the endpoints and ends DiSNI's
/// thread; the domain stays its owner's.
final class MemoryGroup extends RdmaEndpointGroup<MemoryEndpoint> {

  /// Work requests in flight on a queue pair.
  static final int DEPTH = 64;

  private static final Logger LOG = LoggerFactory.getLogger(MemoryGroup.class);

  /// How often DiSNI's thread looks whether it was stopped, when nothing wakes it.
  private static final int LOOK_MILLIS = 1000;

  private static final int PIECES_MAX = 1;

  private final Set<MemoryEndpoint> live = ConcurrentHashMap.newKeySet();
  private final IbvPd domain;
  private final LongAdder seen = new LongAdder();

  private MemoryGroup(IbvPd domain) throws IOException {
    super(LOOK_MILLIS);
    this.domain = domain;
  }

  static MemoryGroup open(IbvPd domain, MemoryEndpoint.LossListener listener) {
    try {
      MemoryGroup group = new MemoryGroup(domain);
      group.init(
          (id, serverSide) -> group.create(new MemoryEndpoint(group, id, serverSide, listener)));
      return group;
    } catch (IOException e) {
      throw new Unavailable("cannot open an endpoint group: " + e.getMessage(), e);
    }
  }

  private MemoryEndpoint create(MemoryEndpoint endpoint) {
    live.add(endpoint);
    return endpoint;
  }

  @Override
  public synchronized IbvPd createProtectionDomain(MemoryEndpoint endpoint) {
    return domain;
  }

  @Override
  public synchronized IbvPd createProtectionDomain(RdmaServerEndpoint<MemoryEndpoint> endpoint) {
    return domain;
  }

  @Override
  public RdmaCqProvider createCqProvider(MemoryEndpoint endpoint) throws IOException {
    // The side that is read and written completes nothing.
    int size = endpoint.isServerSide() ? 1 : 2 * DEPTH;
    return new RdmaCqProvider(endpoint.getIdPriv().getVerbs(), size);
  }

  @Override
  public IbvQP createQpProvider(MemoryEndpoint endpoint) throws IOException {
    IbvQPInitAttr attributes = new IbvQPInitAttr();
    attributes.cap().setMax_recv_wr(1);
    attributes.cap().setMax_send_wr(DEPTH);
    attributes.cap().setMax_recv_sge(PIECES_MAX);
    attributes.cap().setMax_send_sge(PIECES_MAX);
    attributes.setQp_type(IbvQP.IBV_QPT_RC);
    attributes.setRecv_cq(endpoint.getCqProvider().getCQ());
    attributes.setSend_cq(endpoint.getCqProvider().getCQ());
    return endpoint.getIdPriv().createQP(endpoint.getPd(), attributes);
  }

  @Override
  public void allocateResources(MemoryEndpoint endpoint) throws IOException {
    endpoint.allocateResources();
  }

  /// Closes one endpoint with its completion queue; waits when another thread is at it.
  ///
  /// It counts as live until it is closed: [#shutDown] must wait for it before it takes the lock of
  /// the group, which closing an endpoint needs.
  void drop(MemoryEndpoint endpoint) {
    try {
      endpoint.close();
      boolean isFirst = live.remove(endpoint);
      RdmaCqProvider completions = endpoint.getCqProvider();
      if (isFirst && completions != null) {
        completions.close();
      }
    } catch (IOException e) {
      LOG.warn("closing an endpoint failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Completions that have been taken out by [MemoryEndpoint#takeCompletions].
  long completions() {
    live.forEach(endpoint -> seen.add(endpoint.takeCompletions()));
    return seen.sum();
  }

  int endpoints() {
    return live.size();
  }

  /// Closes all. The listener, if there was one, is closed already.
  ///
  /// Endpoints are closed one by one first: DiSNI's group takes its own lock before theirs when it
  /// closes them, and they take it after theirs.
  void shutDown() {
    boolean wasInterrupted = Thread.interrupted();
    live.forEach(this::drop);
    try {
      close();
    } catch (IOException e) {
      LOG.warn("closing an endpoint group failed", e);
    } catch (InterruptedException e) {
      wasInterrupted = true;
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Why the last connection attempt of an endpoint failed.
  static String failureOf(MemoryEndpoint endpoint) {
    return Verbs.failureOf(endpoint.getIdPriv());
  }
}
