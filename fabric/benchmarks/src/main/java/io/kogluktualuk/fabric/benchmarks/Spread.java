package io.kogluktualuk.fabric.benchmarks;

import java.util.Arrays;

/// What several runs of one thing came to: the median, and between which figures they lay.
public record Spread(double median, double low, double high) {

  static Spread of(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Spread(Pairing.median(sorted), sorted[0], sorted[sorted.length - 1]);
  }

  /// The same in another unit.
  Spread times(double factor) {
    return new Spread(median * factor, low * factor, high * factor);
  }

  /// What a time is as a rate: the units of work per unit of time.
  Spread inverse(double work) {
    return new Spread(work / median, work / high, work / low);
  }
}
