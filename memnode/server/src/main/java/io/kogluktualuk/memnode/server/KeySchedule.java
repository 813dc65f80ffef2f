package io.kogluktualuk.memnode.server;

import java.time.Duration;

/// When the keys for reading change.
///
/// @param every how often
/// @param grace how long the former keys stay valid, so that readers who have just been told them
///     come through; not longer than `every`
public record KeySchedule(Duration every, Duration grace) {

  /// Every six hours, with half a minute.
  public static final KeySchedule STANDARD =
      new KeySchedule(Duration.ofHours(6), Duration.ofSeconds(30));

  public KeySchedule {
    if (!grace.isPositive() || grace.compareTo(every) > 0) {
      throw new IllegalArgumentException(
          "keys change every "
              + every
              + " with a grace of "
              + grace
              + ": must be positive, and"
              + " the grace not longer");
    }
  }
}
