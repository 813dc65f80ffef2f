package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// What it would cost to lose a blob, told when it is put: who may throw it away, and when.
///
/// One varint: 0 for [Source], one more than the cost for [Derived].
public sealed interface Retention {

  /// Cannot be computed again. Never evicted; collected when no root reaches it any more, nobody
  /// holds it and it is older than the grace.
  record Source() implements Retention {}

  /// Can be computed again. May be evicted whenever it is neither held nor pinned.
  ///
  /// @param costMicros what that takes, in microseconds of computing; 0 for what has been handed
  ///     over once it has been read
  record Derived(long costMicros) implements Retention {

    /// Twelve days; what takes longer counts as that.
    public static final long COST_MICROS_MAX = (1L << 40) - 2;

    public Derived {
      if (costMicros < 0 || costMicros > COST_MICROS_MAX) {
        throw new IllegalArgumentException("recomputing costs " + costMicros + " µs");
      }
    }

    /// With a cost that was measured.
    public static Derived of(Duration cost) {
      Duration atMost = Duration.of(COST_MICROS_MAX, TimeUnit.MICROSECONDS.toChronoUnit());
      Duration bounded = cost.compareTo(atMost) > 0 ? atMost : cost;
      return new Derived(Math.max(0, TimeUnit.NANOSECONDS.toMicros(bounded.toNanos())));
    }
  }

  Retention SOURCE = new Source();

  static Retention read(CanonicalReader reader) {
    long code = reader.varint(Derived.COST_MICROS_MAX + 1, "the retention of a blob");
    return code == 0 ? SOURCE : new Derived(code - 1);
  }

  default void write(CanonicalWriter writer) {
    switch (this) {
      case Source() -> writer.varint(0);
      case Derived(long costMicros) -> writer.varint(costMicros + 1);
    }
  }
}
