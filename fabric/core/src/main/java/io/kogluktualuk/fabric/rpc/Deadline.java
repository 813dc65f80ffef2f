package io.kogluktualuk.fabric.rpc;

import java.time.Duration;

/// A point in time, on this process's monotonic clock, by which something must be done.
///
/// A deadline does not travel between processes; the remaining time does.
public final class Deadline {

  private final long nanoTime;

  private Deadline(long nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// The deadline that is `timeout` from now. Timeouts beyond a year count as a year.
  public static Deadline after(Duration timeout) {
    Duration bounded = timeout.compareTo(Duration.ofDays(365)) > 0 ? Duration.ofDays(365) : timeout;
    return new Deadline(System.nanoTime() + bounded.toNanos());
  }

  /// Nanoseconds left; zero or negative once it has passed.
  public long remainingNanos() {
    return nanoTime - System.nanoTime();
  }

  public boolean hasPassed() {
    return remainingNanos() <= 0;
  }

  /// The time left, never negative.
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, remainingNanos()));
  }

  @Override
  public String toString() {
    return "in " + remaining();
  }
}
