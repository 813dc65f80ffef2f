package io.kogluktualuk.fabric.benchmarks;

import java.util.ArrayList;
import java.util.List;

/// Measures several things in turn, so that what disturbs the machine disturbs all alike.
///
/// **Threading:** one thread.
final class Contest {

  private Contest() {}

  /// Something that does an operation again and again and tells how long it took.
  @FunctionalInterface
  interface Contender {
    /// The nanoseconds that `times` operations took, as measured where they are done.
    long nanos(int times) throws Exception;
  }

  /// Runs each `rounds` times in turn, `times` operations each, after a warm-up of all; returns the
  /// nanoseconds of one operation, in the order of the contenders.
  ///
  /// @param warmUp how many operations of each come before
  static List<Spread> hold(int warmUp, int rounds, int times, List<Contender> contenders)
      throws Exception {
    for (Contender contender : contenders) {
      contender.nanos(warmUp);
    }
    double[][] nanos = new double[contenders.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < nanos.length; i++) {
        nanos[i][round] = contenders.get(i).nanos(times) / (double) times;
      }
    }
    List<Spread> spreads = new ArrayList<>();
    for (double[] each : nanos) {
      spreads.add(Spread.of(each));
    }
    return spreads;
  }
}
