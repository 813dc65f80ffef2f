package io.kogluktualuk.rdma.transport.rpc;

import com.ibm.disni.RdmaCqProvider;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.SVCPollCq;
import com.ibm.disni.verbs.SVCReqNotify;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that takes completions of all endpoints of one group and hands them on.
///
/// **Threading:** owns its completion queue; endpoints register from any thread.
final class CompletionLoop extends RdmaCqProvider implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(CompletionLoop.class);
  private static final int BATCH = 32;
  private static final int TICK_MILLIS = 1000;
  private static final long PING_AFTER_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long LOSE_AFTER_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final AtomicReferenceArray<@Nullable RpcEndpoint> endpoints;
  private int generation;
  private final IbvWC[] completions = new IbvWC[BATCH];
  private final SVCPollCq poll;
  private final SVCReqNotify notify;
  private final HeartbeatRule heartbeat;
  private final Thread thread;
  private volatile boolean isStopping;

  /// Whether an endpoint is expected to hear from its peer now.
  interface HeartbeatRule {
    boolean isExpecting(RpcEndpoint endpoint);
  }

  private CompletionLoop(IbvContext context, int endpointsMax, String name, HeartbeatRule heartbeat)
      throws IOException {
    super(context, 2 * RpcEndpoint.DEPTH * endpointsMax);
    this.endpoints = new AtomicReferenceArray<>(endpointsMax);
    this.heartbeat = heartbeat;
    for (int i = 0; i < BATCH; i++) {
      completions[i] = new IbvWC();
    }
    this.poll = cq.poll(completions, BATCH);
    this.notify = cq.reqNotification(false);
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this);
  }

  static CompletionLoop start(
      IbvContext context, int endpointsMax, String name, HeartbeatRule heartbeat)
      throws IOException {
    CompletionLoop loop = new CompletionLoop(context, endpointsMax, name, heartbeat);
    loop.thread.start();
    return loop;
  }

  /// Gives an endpoint its place, and its work requests the name of that place; false when all
  /// places are taken.
  synchronized boolean add(RpcEndpoint endpoint) {
    for (int i = 0; i < endpoints.length(); i++) {
      if (endpoints.get(i) == null) {
        generation++;
        endpoint.owner(MessageBuffers.owner(generation, i));
        endpoints.set(i, endpoint);
        return true;
      }
    }
    return false;
  }

  synchronized void remove(RpcEndpoint endpoint) {
    int place = MessageBuffers.endpointOf(endpoint.owner());
    endpoints.compareAndSet(place, endpoint, null);
  }

  @Override
  public void run() {
    while (!isStopping) {
      try {
        notify.execute();
        takeAll();
        if (!isStopping && !compChannel.getCqEvent(cq, TICK_MILLIS)) {
          tickAll();
        }
      } catch (IOException | RuntimeException | Error e) {
        // All calls of the group depend on this thread: it goes on whatever happens.
        LOG.error("{}: an event was dropped", thread.getName(), e);
      }
    }
  }

  private void takeAll() throws IOException {
    int count = poll.execute().getPolls();
    while (count > 0) {
      for (int i = 0; i < count; i++) {
        dispatch(completions[i]);
      }
      count = poll.execute().getPolls();
    }
  }

  private void dispatch(IbvWC completion) {
    long workRequest = completion.getWr_id();
    RpcEndpoint endpoint = endpoints.get(MessageBuffers.endpointOf(workRequest));
    if (endpoint == null || endpoint.owner() != MessageBuffers.ownerOf(workRequest)) {
      // It was dropped since.
      return;
    }
    try {
      endpoint.dispatchCqEvent(completion);
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("{}: a message was dropped", thread.getName(), e);
      endpoint.lose("a message could not be taken: " + e);
    }
  }

  private void tickAll() {
    for (int i = 0; i < endpoints.length(); i++) {
      RpcEndpoint endpoint = endpoints.get(i);
      if (endpoint != null) {
        tick(endpoint);
      }
    }
  }

  private void tick(RpcEndpoint endpoint) {
    if (!endpoint.isLost() && heartbeat.isExpecting(endpoint)) {
      endpoint.checkHeartbeat(PING_AFTER_NANOS, LOSE_AFTER_NANOS);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    isStopping = true;
    compChannel.close();
    thread.join(TimeUnit.SECONDS.toMillis(10));
    super.close();
  }
}
