package io.kogluktualuk.rdma.ibverbs;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes what a device reports by itself: a port that goes down, a queue pair that fails.
///
/// They are only logged; what matters to a connection is seen in its completions and connection
/// events. But they have to be taken: an object cannot be destroyed while an event of it is
/// pending.
///
/// **Threading:** a daemon thread per device, for as long as the process lives.
final class AsyncEvents implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(AsyncEvents.class);
  private static final int LOOK_MILLIS = 60_000;

  private final NativeContext context;

  private AsyncEvents(NativeContext context) {
    this.context = context;
  }

  static void watch(NativeContext context) {
    Thread.ofPlatform().daemon().name("kog-rdma-async-" + context).start(new AsyncEvents(context));
  }

  @Override
  public void run() {
    try {
      while (true) {
        long event = Natives.nextAsyncEvent(context.number(), LOOK_MILLIS);
        if (event >= 0) {
          report((int) event, (int) (event >>> 32));
        }
      }
    } catch (IOException e) {
      LOG.warn("events of {} are not taken any more: {}", context, e.getMessage());
    }
  }

  private void report(int type, int number) {
    String name = Natives.asyncEventName(type);
    if (name.contains("error") || name.contains("fatal")) {
      LOG.warn("{} reports: {} ({})", context, name, number);
    } else {
      LOG.info("{} reports: {} ({})", context, name, number);
    }
  }
}
