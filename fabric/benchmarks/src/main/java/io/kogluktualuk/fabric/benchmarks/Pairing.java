package io.kogluktualuk.fabric.benchmarks;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Times two things in turn, A B A B …, so that a machine that slows down slows both.
///
/// **Threading:** stateless; runs on the caller's thread.
final class Pairing {

  private static final double MICROS = 1e-3;

  private Pairing() {}

  /// Something that is run many times in a row.
  interface Work {
    void run(int times) throws Exception;
  }

  /// Nanoseconds for one time.
  ///
  /// @param theirs null when there was no peer
  record Medians(Spread own, @Nullable Spread theirs) {

    double ours() {
      return own.median();
    }

    @Nullable Double peer() {
      return theirs == null ? null : theirs.median();
    }

    /// A row of microseconds against Redis.
    Measurement micros(String bench, String metric, String peerName, @Nullable Double target) {
      Spread ours = own.times(MICROS);
      Spread peer = theirs == null ? null : theirs.times(MICROS);
      return new Measurement(
          bench,
          metric,
          "µs",
          ours.median(),
          peer == null ? null : peer.median(),
          peer == null ? "redis-server is not installed" : peerName,
          Measurement.Direction.LOWER_IS_BETTER,
          ours,
          peer,
          target);
    }
  }

  /// Runs `rounds` rounds of `times` each, after a warm-up of both.
  ///
  /// @param warmUp how often each is run before it counts
  static Medians measure(int warmUp, int rounds, int times, Work ours, @Nullable Work peer)
      throws Exception {
    ours.run(warmUp);
    if (peer != null) {
      peer.run(Math.min(warmUp, times));
    }
    double[] oursNanos = new double[rounds];
    double[] peerNanos = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      oursNanos[round] = time(ours, times);
      if (peer != null) {
        peerNanos[round] = time(peer, times);
      }
    }
    return new Medians(Spread.of(oursNanos), peer == null ? null : Spread.of(peerNanos));
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double time(Work work, int times) throws Exception {
    long start = System.nanoTime();
    work.run(times);
    return (System.nanoTime() - start) / (double) times;
  }
}
