package io.kogluktualuk.fabric.measure;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// How large things were, counted in buckets whose upper bounds are a smallest one times powers of
/// four.
///
/// **Threading:** any thread; adding neither blocks nor allocates. **Units:** adds what the factory
/// says, publishes base units: seconds, bytes, counts.
public final class Histogram {

  private final long first;
  private final int bounds;
  private final double unit;
  private final AtomicLongArray buckets;
  private final LongAdder sum = new LongAdder();

  private Histogram(long first, int bounds, double unit) {
    this.first = first;
    this.bounds = bounds;
    this.unit = unit;
    this.buckets = new AtomicLongArray(bounds + 1);
  }

  /// Of times, added in nanoseconds: 1 µs, 4 µs … 16.8 s, and what is longer.
  public static Histogram ofTimes() {
    return new Histogram(1000, 13, 1e-9);
  }

  /// Of numbers of things: 1, 4 … 16384, and what is more.
  public static Histogram ofCounts() {
    return new Histogram(1, 8, 1);
  }

  /// Of sizes, in bytes: 64, 256 … 64 MiB, and what is more.
  public static Histogram ofSizes() {
    return new Histogram(64, 11, 1);
  }

  public void add(long value) {
    int bucket = 0;
    while (bucket < bounds && value > bound(bucket)) {
      bucket++;
    }
    buckets.getAndIncrement(bucket);
    sum.add(value);
  }

  /// Adds the time since then.
  ///
  /// @param startNanos as [System#nanoTime] was
  public void addSince(long startNanos) {
    add(System.nanoTime() - startNanos);
  }

  private long bound(int bucket) {
    return first << 2 * bucket;
  }

  /// What has been added until now; what is added meanwhile may be in it in part.
  public Distribution read() {
    double[] upTo = new double[bounds + 1];
    long[] counts = new long[bounds + 1];
    for (int i = 0; i <= bounds; i++) {
      upTo[i] = i == bounds ? Double.POSITIVE_INFINITY : bound(i) * unit;
      counts[i] = buckets.get(i);
    }
    return new Distribution(upTo, counts, sum.sum() * unit);
  }
}
