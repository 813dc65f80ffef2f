package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.benchmarks.Measurement.Direction;
import org.jspecify.annotations.Nullable;

/// Makes the rows of the verbs benchmark from nanoseconds.
///
/// **Threading:** stateless.
final class Rows {

  private static final double MICROS = 1e-3;

  private Rows() {}

  /// Microseconds of one operation.
  static Measurement time(
      String metric, Spread ours, @Nullable Spread peer, String peerName, @Nullable Double target) {
    Spread own = ours.times(MICROS);
    Spread other = peer == null ? null : peer.times(MICROS);
    return row(metric, "µs", own, other, peerName, Direction.LOWER_IS_BETTER, target);
  }

  /// Gigabytes a second: bytes a nanosecond.
  static Measurement rate(
      String metric,
      int bytes,
      Spread ours,
      @Nullable Spread peer,
      String name,
      @Nullable Double target) {
    Spread own = ours.inverse(bytes);
    Spread other = peer == null ? null : peer.inverse(bytes);
    return row(metric, "GB/s", own, other, name, Direction.HIGHER_IS_BETTER, target);
  }

  /// Heap bytes of one operation: there should be none.
  static Measurement allocation(String metric, double bytes) {
    Spread none = new Spread(0, 0, 0);
    // What a background thread does once in a while is not of the operation.
    Spread found = new Spread(bytes < 0.5 ? 0 : bytes, bytes, bytes);
    return row(metric, "B", found, none, "none", Direction.LOWER_IS_BETTER, 1.0);
  }

  private static Measurement row(
      String metric,
      String unit,
      Spread ours,
      @Nullable Spread peer,
      String peerName,
      Direction direction,
      @Nullable Double target) {
    return new Measurement(
        VerbsBench.NAME,
        metric,
        unit,
        ours.median(),
        peer == null ? null : peer.median(),
        peerName,
        direction,
        ours,
        peer,
        target);
  }
}
