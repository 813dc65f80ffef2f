package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import java.time.Duration;

/// Times as they travel: whole milliseconds, from nothing to a year.
///
/// **Threading:** stateless.
final class Times {

  private static final Duration MAX = Duration.ofDays(365);

  private Times() {}

  static Duration bounded(Duration time) {
    if (time.isNegative()) {
      return Duration.ZERO;
    }
    Duration shorter = time.compareTo(MAX) > 0 ? MAX : time;
    return Duration.ofMillis(shorter.toMillis());
  }

  static void write(Duration time, CanonicalWriter writer) {
    writer.varint(time.toMillis());
  }

  static Duration read(CanonicalReader reader) {
    return Duration.ofMillis(reader.varint(MAX.toMillis(), "a time in milliseconds"));
  }
}
