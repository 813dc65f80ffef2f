package io.kogluktualuk.rdma.transport.rpc;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// How long something took, counted in buckets whose bounds are powers of four microseconds.
///
/// **Threading:** any thread; adding allocates nothing.
final class WaitHistogram {

  /// Upper bounds in nanoseconds: 1 µs, 4 µs … 16.8 s; what is longer counts in one bucket more.
  private static final int BOUNDS = 13;

  private final AtomicLongArray buckets = new AtomicLongArray(BOUNDS + 1);
  private final LongAdder sum = new LongAdder();

  void add(long nanos) {
    int bucket = 0;
    while (bucket < BOUNDS && nanos > bound(bucket)) {
      bucket++;
    }
    buckets.getAndIncrement(bucket);
    sum.add(nanos);
  }

  private static long bound(int bucket) {
    return 1000L << 2 * bucket;
  }

  /// The upper bounds in seconds; the last is infinity.
  static double[] boundsSeconds() {
    double[] bounds = new double[BOUNDS + 1];
    for (int i = 0; i < BOUNDS; i++) {
      bounds[i] = bound(i) / 1e9;
    }
    bounds[BOUNDS] = Double.POSITIVE_INFINITY;
    return bounds;
  }

  /// How many fell in each bucket, not cumulated.
  long[] counts() {
    long[] counts = new long[BOUNDS + 1];
    for (int i = 0; i <= BOUNDS; i++) {
      counts[i] = buckets.get(i);
    }
    return counts;
  }

  double sumSeconds() {
    return sum.sum() / 1e9;
  }
}
