package io.kogluktualuk.rdma.transport.rpc;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Keeps a queue pair while threads use it: a native one that is destroyed meanwhile would take
/// the process with it.
///
/// **Threading:** any thread enters and leaves; one ends it.
final class UseCount {

  private static final int ENDED = Integer.MIN_VALUE;
  private static final long LOOK_NANOS = 20_000;

  private final AtomicInteger uses = new AtomicInteger();

  /// Whether it may be used until [#leave].
  boolean enter() {
    int now = uses.get();
    while (now >= 0) {
      if (uses.compareAndSet(now, now + 1)) {
        return true;
      }
      now = uses.get();
    }
    return false;
  }

  void leave() {
    uses.getAndDecrement();
  }

  /// Lets nobody in any more and waits until all have left; false when they do not.
  boolean end(Duration patience) {
    int now = uses.get();
    while (now >= 0 && !uses.compareAndSet(now, now | ENDED)) {
      now = uses.get();
    }
    long start = System.nanoTime();
    while (uses.get() != ENDED) {
      if (System.nanoTime() - start > patience.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }
}
