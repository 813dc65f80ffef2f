package io.kogluktualuk.computenode.server;

import io.kogluktualuk.controlplane.api.Recorded;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Outcomes for which the memo index had no room. They are answered like any other, and computed
/// again when somebody asks for them later; operators are told, but not for each.
///
/// **Threading:** any thread.
final class Unrecorded {

  private static final Logger LOG = LoggerFactory.getLogger(Unrecorded.class);
  private static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final LongSupplier nanoTime;
  private final LongAdder count = new LongAdder();
  private boolean isTold;
  private long toldNanos;

  Unrecorded(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  void add(Recorded.NoRoom reason) {
    count.increment();
    if (isToBeTold()) {
      LOG.warn(
          "outcomes of this node are not remembered, {} so far: {}; 'kog gc --outcomes' forgets"
              + " old ones, 'kog control limit' changes the limit",
          count.sum(),
          reason.toOutOfSpace().getMessage());
    }
  }

  /// How many there were since the start.
  long count() {
    return count.sum();
  }

  private synchronized boolean isToBeTold() {
    long now = nanoTime.getAsLong();
    if (isTold && now - toldNanos < AGAIN_NANOS) {
      return false;
    }
    isTold = true;
    toldNanos = now;
    return true;
  }
}
