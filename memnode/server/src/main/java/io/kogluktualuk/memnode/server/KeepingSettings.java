package io.kogluktualuk.memnode.server;

import io.kogluktualuk.memnode.credit.SpaceLedger;
import io.kogluktualuk.memnode.retention.RetentionLimits;
import java.time.Duration;

/// How a memory node keeps what it has.
///
/// @param limits what holds, leases and what may not be evicted may take, for each tenant
/// @param creditStepBytes space credits are taken from the control plane and given back in steps of
///     so many bytes, at least
/// @param isAlwaysDurable whether every put waits until it is on the device, also when nobody asks
///     for that
/// @param syncEvery how long after the last sync of the device the next one begins: what is not
///     waited for is on the device after that and the time of one sync
/// @param scrubBytesPerSecond how much of what is stored is read again and held against its hash;
///     0 for nothing
public record KeepingSettings(
    RetentionLimits limits,
    long creditStepBytes,
    boolean isAlwaysDurable,
    Duration syncEvery,
    long scrubBytesPerSecond) {

  /// With the time that a sync takes itself, everything is on the device within a second. 8 MiB a
  /// second are half a percent of a core, and a day for half a terabyte.
  public static final KeepingSettings STANDARD =
      new KeepingSettings(
          RetentionLimits.STANDARD, SpaceLedger.STEP_BYTES, false, Duration.ofMillis(500), 8 << 20);

  public KeepingSettings {
    if (creditStepBytes < 1 || !syncEvery.isPositive() || scrubBytesPerSecond < 0) {
      throw new IllegalArgumentException(
          "credits in steps of "
              + creditStepBytes
              + " bytes, a sync every "
              + syncEvery
              + ", scrub of "
              + scrubBytesPerSecond
              + " B/s");
    }
  }

  public KeepingSettings withLimits(RetentionLimits other) {
    return new KeepingSettings(
        other, creditStepBytes, isAlwaysDurable, syncEvery, scrubBytesPerSecond);
  }

  public KeepingSettings withCreditStep(long bytes) {
    return new KeepingSettings(limits, bytes, isAlwaysDurable, syncEvery, scrubBytesPerSecond);
  }

  /// The same, with every put waiting for the device.
  public KeepingSettings durable() {
    return new KeepingSettings(limits, creditStepBytes, true, syncEvery, scrubBytesPerSecond);
  }

  /// What is read again in the time between two syncs.
  long scrubBytesEachTurn() {
    long millis = Math.min(syncEvery.toMillis(), 60_000);
    return (scrubBytesPerSecond * millis + 999) / 1000;
  }
}
