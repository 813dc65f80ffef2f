package io.kogluktualuk.memnode.repair;

import java.time.Duration;

/// When a node looks at its blobs again.
///
/// Where all is in order, with the next sweep. What is not in order is looked at again soon, and
/// then ever more seldom. But when members have changed, or one has come back, there is a new
/// reason to hope: then it is soon again, however often it was in vain before.
///
/// **Threading:** one thread; no clock.
final class RepairTurns {

  /// How soon at the soonest.
  static final Duration SOON = Duration.ofSeconds(2);

  private final long sweepNanos;
  private long sweptNanos;
  private long nextNanos;
  private long pauseNanos = SOON.toNanos();

  /// The first is due at once.
  ///
  /// @param sweep how long after a look at everything comes the next without any reason
  RepairTurns(Duration sweep, long nowNanos) {
    this.sweepNanos = sweep.toNanos();
    this.sweptNanos = nowNanos;
    this.nextNanos = nowNanos;
  }

  long nextNanos() {
    return nextNanos;
  }

  /// Whether a look that begins now is at everything, for no reason.
  boolean isSweep(long nowNanos) {
    return nowNanos - sweptNanos >= sweepNanos;
  }

  /// A look is over.
  ///
  /// @param hadReason whether members had changed, or one had come back
  /// @param wasSweep what [#isSweep] said when it began
  void looked(boolean hadReason, boolean wasSweep, boolean isInOrder, long nowNanos) {
    if (isInOrder && wasSweep) {
      sweptNanos = nowNanos;
    }
    if (isInOrder || hadReason) {
      pauseNanos = SOON.toNanos();
    }
    nextNanos = nowNanos + (isInOrder ? sweepNanos : Math.min(pauseNanos, sweepNanos));
    pauseNanos = isInOrder ? pauseNanos : Math.min(2 * pauseNanos, sweepNanos);
  }
}
