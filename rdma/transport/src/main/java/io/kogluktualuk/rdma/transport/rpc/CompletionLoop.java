package io.kogluktualuk.rdma.transport.rpc;

import com.ibm.disni.RdmaCqProvider;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.SVCPollCq;
import com.ibm.disni.verbs.SVCReqNotify;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that takes completions of all endpoints of one group and hands them on.
///
/// What completions make an endpoint want to send goes out when a whole batch has been taken, so
/// that answers leave together.
///
/// At least once a second it looks at the time for all of them.
///
/// **Threading:** owns its completion queue; endpoints register from any thread.
final class CompletionLoop extends RdmaCqProvider implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(CompletionLoop.class);
  private static final int BATCH = 32;
  private static final long TICK_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final AtomicReferenceArray<@Nullable RpcEndpoint> endpoints;
  private final @Nullable RpcEndpoint[] touched;
  private final IbvWC[] completions = new IbvWC[BATCH];
  private final ByteBuffer scratch =
      ByteBuffer.allocate(MessageBuffers.PLAIN_BYTES + TlsEngine.GROWTH_BYTES);
  private final Frame frame = new Frame();
  private final SVCPollCq poll;
  private final SVCReqNotify notify;
  private final Runnable ticker;
  private final long tickNanos;
  private final Thread thread;
  private int generation;
  private int touchedCount;
  private long lastTick = System.nanoTime();
  private volatile boolean isStopping;

  private CompletionLoop(
      IbvContext context,
      int endpointsMax,
      int depth,
      String name,
      Duration pingAfter,
      Runnable ticker)
      throws IOException {
    super(context, 2 * depth * endpointsMax);
    this.endpoints = new AtomicReferenceArray<>(endpointsMax);
    this.touched = new @Nullable RpcEndpoint[BATCH];
    this.ticker = ticker;
    this.tickNanos = Math.clamp(pingAfter.toNanos() / 4, 1_000_000, TICK_NANOS_MAX);
    for (int i = 0; i < BATCH; i++) {
      completions[i] = new IbvWC();
    }
    this.poll = cq.poll(completions, BATCH);
    this.notify = cq.reqNotification(false);
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this);
  }

  static CompletionLoop start(
      IbvContext context,
      int endpointsMax,
      int depth,
      String name,
      Duration pingAfter,
      Runnable ticker)
      throws IOException {
    CompletionLoop loop = new CompletionLoop(context, endpointsMax, depth, name, pingAfter, ticker);
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
        if (takeAll() == 0) {
          notify.execute();
          // What came before the queue was armed raises no event.
          if (takeAll() == 0 && !isStopping) {
            awaitEvent();
          }
        }
        tickWhenDue();
      } catch (IOException | RuntimeException | Error e) {
        // All calls of the group depend on this thread: it goes on whatever happens.
        LOG.error("{}: an event was dropped", thread.getName(), e);
      }
    }
  }

  private void awaitEvent() throws IOException {
    long nanos = tickNanos - (System.nanoTime() - lastTick);
    if (nanos > 0) {
      boolean hasCome = compChannel.getCqEvent(cq, (int) (nanos / 1_000_000) + 1);
      LOG.trace("an event: {}", hasCome);
    }
  }

  private int takeAll() throws IOException {
    int count = poll.execute().getPolls();
    for (int i = 0; i < count; i++) {
      dispatch(completions[i]);
    }
    for (int i = 0; i < touchedCount; i++) {
      Objects.requireNonNull(touched[i]).flush();
      touched[i] = null;
    }
    touchedCount = 0;
    return count;
  }

  private void dispatch(IbvWC completion) {
    long workRequest = completion.getWr_id();
    RpcEndpoint endpoint = endpoints.get(MessageBuffers.endpointOf(workRequest));
    if (endpoint == null || endpoint.owner() != MessageBuffers.ownerOf(workRequest)) {
      // It was dropped since.
      return;
    }
    try {
      endpoint.onCompletion(completion, scratch, frame);
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("{}: a message was dropped", thread.getName(), e);
      endpoint.lose("a message could not be taken: " + e);
    }
    touch(endpoint);
  }

  private void touch(RpcEndpoint endpoint) {
    for (int i = 0; i < touchedCount; i++) {
      if (touched[i] == endpoint) {
        return;
      }
    }
    touched[touchedCount++] = endpoint;
  }

  private void tickWhenDue() {
    long now = System.nanoTime();
    if (now - lastTick < tickNanos) {
      return;
    }
    long sinceLast = now - lastTick;
    lastTick = now;
    for (int i = 0; i < endpoints.length(); i++) {
      RpcEndpoint endpoint = endpoints.get(i);
      if (endpoint != null) {
        endpoint.heartbeat().look(now, sinceLast);
      }
    }
    ticker.run();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    isStopping = true;
    compChannel.close();
    thread.join(TimeUnit.SECONDS.toMillis(10));
    super.close();
  }
}
