package io.kogluktualuk.fabric.rpc;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A point in time, on this process's monotonic clock, by which something must be done.
///
/// A deadline does not travel between processes; the remaining time does. Within a process, a
/// deadline may stand over all others that a thread sets while it does something ([#during]).
public final class Deadline {

  private static final ScopedValue<Deadline> OVER_ALL = ScopedValue.newInstance();

  private final long nanoTime;

  private Deadline(long nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// The deadline that is `timeout` from now, or the one that stands over this thread's if that is
  /// earlier. Timeouts beyond a year count as a year.
  public static Deadline after(Duration timeout) {
    Duration bounded = timeout.compareTo(Duration.ofDays(365)) > 0 ? Duration.ofDays(365) : timeout;
    Deadline own = new Deadline(System.nanoTime() + bounded.toNanos());
    Deadline over = overAll();
    return over != null && over.nanoTime - own.nanoTime < 0 ? over : own;
  }

  /// What stands over all deadlines that this thread sets; null when nothing does. For who goes on
  /// in another thread.
  public static @Nullable Deadline overAll() {
    return OVER_ALL.isBound() ? OVER_ALL.get() : null;
  }

  /// Does something; no deadline that is set in it, by this thread, is later than this one.
  ///
  /// @param deadline null for no such limit
  public static <R> R during(@Nullable Deadline deadline, Supplier<R> work) {
    return deadline == null ? work.get() : ScopedValue.where(OVER_ALL, deadline).call(work::get);
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
