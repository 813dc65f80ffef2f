package io.kogluktualuk.rdma.transport.rpc;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Connections of one group that have not proven who they are yet.
///
/// **Threading:** any thread. **Bound:** [#MAX]; further ones are refused until one of those is
/// through or has used up its time.
final class HalfOpen {

  static final int MAX = 64;

  private static final Logger LOG = LoggerFactory.getLogger(HalfOpen.class);
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong untold = new AtomicLong();
  private final AtomicLong toldAt = new AtomicLong(System.nanoTime() - QUIET_NANOS);

  boolean tryEnter() {
    int now = count.get();
    while (now < MAX) {
      if (count.compareAndSet(now, now + 1)) {
        return true;
      }
      now = count.get();
    }
    return false;
  }

  void leave() {
    count.getAndDecrement();
  }

  int count() {
    return count.get();
  }

  /// Tells operators of a refusal; of many, one a second and how many it stands for.
  void refused(String where, String reason) {
    long now = System.nanoTime();
    long last = toldAt.get();
    if (now - last >= QUIET_NANOS && toldAt.compareAndSet(last, now)) {
      LOG.warn(
          "{}: a connection was refused: {} (and {} before)", where, reason, untold.getAndSet(0));
    } else {
      untold.getAndIncrement();
    }
  }
}
