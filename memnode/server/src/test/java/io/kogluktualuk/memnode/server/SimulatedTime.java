package io.kogluktualuk.memnode.server;

import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/// A virtual clock, and what is to happen when.
///
/// **Threading:** one thread. **Units:** nanoseconds. **Bound:** the events scheduled.
final class SimulatedTime {

  static final long MILLI = 1_000_000L;
  static final long SECOND = 1000 * MILLI;

  private static final int DRIFT_MAX = 500;

  /// How many parts in a million somebody's clock runs too fast: as many as a time daemon may make
  /// it, and rather the extremes.
  static int drift(RandomGenerator random) {
    return Math.clamp(random.nextInt(-2 * DRIFT_MAX, 2 * DRIFT_MAX + 1), -DRIFT_MAX, DRIFT_MAX);
  }

  private record Event(long at, long number, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long now = SECOND;
  private long scheduled;

  long now() {
    return now;
  }

  /// Time goes by while somebody waits for an answer; what was due meanwhile happens afterwards.
  void pass(long nanos) {
    now += nanos;
  }

  void after(long nanos, Runnable action) {
    events.add(new Event(now + nanos, scheduled++, action));
  }

  /// Lets the next event happen.
  void next() {
    Event event = events.remove();
    now = Math.max(now, event.at);
    event.action.run();
  }
}
