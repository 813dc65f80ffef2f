package io.kogluktualuk.memnode.store;

/// Costs in one byte: an eighth of a power of two each step, so that a cost is known to within 9
/// %.
///
/// 0 is no cost at all; 1 is a microsecond; 255 is an hour and more.
public final class CostScale {

  /// The greatest step.
  public static final int MAX = 255;

  private static final int STEPS_PER_OCTAVE = 8;

  private CostScale() {}

  /// The step of a cost.
  ///
  /// @param micros microseconds, at least 0
  public static int of(long micros) {
    if (micros < 0) {
      throw new IllegalArgumentException("a cost of " + micros + " microseconds");
    }
    if (micros == 0) {
      return 0;
    }
    double octaves = Math.log(micros) / Math.log(2);
    return Math.min(MAX, 1 + (int) Math.round(octaves * STEPS_PER_OCTAVE));
  }

  /// The cost of a step, in microseconds.
  public static long micros(int step) {
    return step == 0 ? 0 : Math.round(Math.pow(2, (step - 1) / (double) STEPS_PER_OCTAVE));
  }
}
