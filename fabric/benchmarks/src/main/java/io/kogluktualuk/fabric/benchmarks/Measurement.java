package io.kogluktualuk.fabric.benchmarks;

import org.jspecify.annotations.Nullable;

/// One line of a benchmark's result: a median of ours, and of the peer's where there is one.
///
/// @param bench the benchmark's name, such as `get`
/// @param metric what was measured, such as `4KiB again`
/// @param unit of both figures, such as `µs`
/// @param ours our median
/// @param peer the peer's median in the same run, null when there is no peer
/// @param peerName what the peer is; when it is absent, why
/// @param direction which of two figures is the better one
/// @param oursSpread between which figures our runs lay; null when it is not known
/// @param peerSpread the same of the peer
/// @param target the speedup that is aimed at; null when there is no aim
public record Measurement(
    String bench,
    String metric,
    String unit,
    double ours,
    @Nullable Double peer,
    @Nullable String peerName,
    Direction direction,
    @Nullable Spread oursSpread,
    @Nullable Spread peerSpread,
    @Nullable Double target) {

  /// Times are better low, rates are better high.
  public enum Direction {
    LOWER_IS_BETTER,
    HIGHER_IS_BETTER
  }

  /// Without spread and target.
  public Measurement(
      String bench,
      String metric,
      String unit,
      double ours,
      @Nullable Double peer,
      @Nullable String peerName,
      Direction direction) {
    this(bench, metric, unit, ours, peer, peerName, direction, null, null, null);
  }

  /// How many times better than the peer we are; below 1 is worse; null without a peer, and where
  /// a ratio says nothing because one of the figures is 0.
  public @Nullable Double speedup() {
    if (peer == null || peer == 0 || ours == 0) {
      return null;
    }
    return direction == Direction.LOWER_IS_BETTER ? peer / ours : ours / peer;
  }

  /// Whether the target is met; null when there is none, or nothing to compare with.
  public @Nullable Boolean isMet() {
    if (target == null || peer == null) {
      return null;
    }
    Double speedup = speedup();
    // Without a ratio one of them is 0: as good as it can be, or as bad.
    return speedup == null
        ? (direction == Direction.LOWER_IS_BETTER ? ours <= peer : ours >= peer)
        : speedup >= target;
  }
}
