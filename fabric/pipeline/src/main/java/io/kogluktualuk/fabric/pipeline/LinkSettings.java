package io.kogluktualuk.fabric.pipeline;

import java.time.Duration;

/// How patient the sending end of a link is.
///
/// @param donePatience how long a receiver that is there may have an envelope before it is sent
///     again
/// @param sendingsMax how often it is sent, before it is set aside
/// @param creditPatience how long an output of a stage waits for credits, before it is set aside
record LinkSettings(Duration donePatience, int sendingsMax, Duration creditPatience) {

  static final LinkSettings DEFAULT =
      new LinkSettings(Duration.ofMinutes(5), 3, Duration.ofMinutes(15));

  LinkSettings {
    if (!donePatience.isPositive() || !creditPatience.isPositive() || sendingsMax < 1) {
      throw new IllegalArgumentException(
          "patience of " + donePatience + " and " + creditPatience + ", " + sendingsMax + " times");
    }
  }
}
