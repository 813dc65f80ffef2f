package io.kogluktualuk.rdma.transport.rpc;

import com.ibm.disni.RdmaCqProvider;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.SVCPollCq;
import com.ibm.disni.verbs.SVCReqNotify;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
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

  private final Map<Integer, RpcEndpoint> endpoints = new ConcurrentHashMap<>();
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

  private CompletionLoop(IbvContext context, int size, String name, HeartbeatRule heartbeat)
      throws IOException {
    super(context, size);
    this.heartbeat = heartbeat;
    for (int i = 0; i < BATCH; i++) {
      completions[i] = new IbvWC();
    }
    this.poll = cq.poll(completions, BATCH);
    this.notify = cq.reqNotification(false);
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this);
  }

  static CompletionLoop start(IbvContext context, int size, String name, HeartbeatRule heartbeat)
      throws IOException {
    CompletionLoop loop = new CompletionLoop(context, size, name, heartbeat);
    loop.thread.start();
    return loop;
  }

  void add(int queuePair, RpcEndpoint endpoint) {
    endpoints.put(queuePair, endpoint);
  }

  void remove(RpcEndpoint endpoint) {
    endpoints.values().remove(endpoint);
  }

  int endpoints() {
    return endpoints.size();
  }

  @Override
  public void run() {
    while (!isStopping) {
      try {
        notify.execute();
        takeAll();
        if (!isStopping && !compChannel.getCqEvent(cq, TICK_MILLIS)) {
          endpoints.values().forEach(this::tick);
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
    RpcEndpoint endpoint = endpoints.get(completion.getQp_num());
    if (endpoint == null) {
      return;
    }
    try {
      endpoint.dispatchCqEvent(completion);
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("{}: a message was dropped", thread.getName(), e);
      endpoint.lose("a message could not be taken: " + e);
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
