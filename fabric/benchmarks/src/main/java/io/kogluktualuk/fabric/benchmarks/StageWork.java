package io.kogluktualuk.fabric.benchmarks;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/// What a stage does with a message, however it has come: touches it or not; the sink notes for
/// how long it was under way.
///
/// **Threading:** any thread. **Bound:** [#TIMES_MAX] latencies are kept, the first ones.
final class StageWork {

  private static final int CHANGED_EVERY = 64 << 10;
  private static final int TIMES_MAX = 1 << 17;

  private final int index;
  private final boolean isSink;
  private final long[] nanos;
  private int count;
  private long sum;

  StageWork(int index, int stages) {
    this.index = index;
    this.isSink = index == stages - 1;
    this.nanos = new long[isSink ? TIMES_MAX : 0];
  }

  boolean isSink() {
    return isSink;
  }

  boolean isTouching(int mask) {
    return (mask >> index & 1) != 0;
  }

  /// Makes other content of what was sent before: some bytes of each [#CHANGED_EVERY] are new, so
  /// that no part of it is known to anybody.
  static void renew(MemorySegment content, long value) {
    for (long at = 0; at + Long.BYTES <= content.byteSize(); at += CHANGED_EVERY) {
      content.set(ValueLayout.JAVA_LONG_UNALIGNED, at, value);
    }
  }

  /// Reads every byte.
  ///
  /// On the heap and off it by code of its own: compiled for both it takes several times as long,
  /// so a stage that has met both would be measured as slower than one that has not.
  void touch(MemorySegment bytes) {
    long found = bytes.isNative() ? sumOffHeap(bytes) : sumOnHeap(bytes);
    synchronized (this) {
      sum += found;
    }
  }

  private static long sumOnHeap(MemorySegment bytes) {
    long sum = 0;
    long longs = bytes.byteSize() & ~7;
    for (long at = 0; at < longs; at += Long.BYTES) {
      sum += bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
    }
    for (long at = longs; at < bytes.byteSize(); at++) {
      sum += bytes.get(ValueLayout.JAVA_BYTE, at);
    }
    return sum;
  }

  private static long sumOffHeap(MemorySegment bytes) {
    long sum = 0;
    long longs = bytes.byteSize() & ~7;
    for (long at = 0; at < longs; at += Long.BYTES) {
      sum += bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
    }
    for (long at = longs; at < bytes.byteSize(); at++) {
      sum += bytes.get(ValueLayout.JAVA_BYTE, at);
    }
    return sum;
  }

  /// A message has been worked on.
  void end(long sentNanos, long delayNanos) {
    if (!isSink) {
      return;
    }
    if (delayNanos > 0) {
      long until = System.nanoTime() + delayNanos;
      for (long left = delayNanos; left > 0; left = until - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }
    long took = System.nanoTime() - sentNanos;
    synchronized (this) {
      if (count < nanos.length) {
        nanos[count++] = took;
      }
    }
  }

  /// Answers what all kinds of stages are asked.
  ///
  /// @param copied bytes copied since the process began
  synchronized long answer(String operation, long copied) {
    return switch (operation) {
      case "copied" -> copied;
      case "sum" -> sum;
      case "forget" -> count = 0;
      case "p50" -> percentile(0.50);
      case "p99" -> percentile(0.99);
      default -> throw new IllegalArgumentException("no operation is called " + operation);
    };
  }

  private long percentile(double part) {
    if (count == 0) {
      throw new IllegalStateException("stage " + index + " has no latencies");
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[(int) Math.min(count - 1, Math.ceil(part * count))];
  }
}
