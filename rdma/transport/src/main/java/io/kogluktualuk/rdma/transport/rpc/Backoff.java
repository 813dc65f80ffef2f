package io.kogluktualuk.rdma.transport.rpc;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to pause before the next attempt: twice as long after each failure, up to a limit, and
/// between half and the whole of that at random, so that clients of a server that was restarted do
/// not come all at once.
///
/// **Threading:** one thread at a time.
final class Backoff {

  private final long minNanos;
  private final long maxNanos;
  private final RandomGenerator random;
  private int failures;
  private long notBefore;

  Backoff(Duration min, Duration max, RandomGenerator random) {
    this.minNanos = min.toNanos();
    this.maxNanos = max.toNanos();
    this.random = random;
  }

  /// How long to wait at time `now`; 0 when there is no reason to.
  long pauseNanos(long now) {
    return failures == 0 ? 0 : Math.max(0, notBefore - now);
  }

  void onFailure(long now) {
    long doubled = minNanos << Math.min(failures, 20);
    long pause = doubled < minNanos || doubled > maxNanos ? maxNanos : doubled;
    failures = Math.min(failures + 1, 40);
    notBefore = now + pause / 2 + random.nextLong(pause / 2 + 1);
  }

  void onSuccess() {
    failures = 0;
  }
}
