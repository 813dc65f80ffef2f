package io.kogluktualuk.memnode.repair;

import java.time.Duration;

/// How a node looks after its blobs.
///
/// @param replicas how many copies a source has, as those who put it think
/// @param bytesPerSecond what copying may take of the network
/// @param sweep how long after it has looked at everything it does so again, without any change of
///     members
/// @param settle how long members must have stayed the same before it acts: one that restarts does
///     not set copies going
public record RepairSettings(int replicas, long bytesPerSecond, Duration sweep, Duration settle) {

  public RepairSettings {
    if (replicas < 1 || bytesPerSecond < 1 || !sweep.isPositive() || settle.isNegative()) {
      throw new IllegalArgumentException(
          replicas + " replicas, " + bytesPerSecond + " B/s, sweep " + sweep + ", after " + settle);
    }
  }

  /// Two replicas, 64 MiB a second, ten minutes, one second.
  public static RepairSettings defaults() {
    return new RepairSettings(2, 64L << 20, Duration.ofMinutes(10), Duration.ofSeconds(1));
  }
}
