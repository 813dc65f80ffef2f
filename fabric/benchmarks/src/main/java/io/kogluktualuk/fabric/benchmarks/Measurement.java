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
public record Measurement(
    String bench,
    String metric,
    String unit,
    double ours,
    @Nullable Double peer,
    @Nullable String peerName,
    Direction direction) {

  /// Times are better low, rates are better high.
  public enum Direction {
    LOWER_IS_BETTER,
    HIGHER_IS_BETTER
  }

  /// How many times better than the peer we are; below 1 is worse; null without a peer.
  public @Nullable Double speedup() {
    if (peer == null) {
      return null;
    }
    return direction == Direction.LOWER_IS_BETTER ? peer / ours : ours / peer;
  }
}
