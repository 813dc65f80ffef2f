package io.kogluktualuk.fabric.node.config;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Times as they stand in files: a whole number and a unit, `300ms`, `5 s`, `2 hours`.
///
/// **Threading:** stateless.
final class DurationText {

  private static final Pattern TEXT = Pattern.compile("([0-9]{1,12})\\s*([a-z]{1,12})");

  private static final Map<String, Long> NANOS =
      Map.of(
          "us",
          1_000L,
          "ms",
          1_000_000L,
          "s",
          1_000_000_000L,
          "m",
          60_000_000_000L,
          "h",
          3_600_000_000_000L,
          "d",
          86_400_000_000_000L);

  private static final Map<String, String> LONG_FORMS =
      Map.of(
          "second", "s", "seconds", "s", "minute", "m", "minutes", "m", "hour", "h", "hours", "h",
          "day", "d", "days", "d");

  private DurationText() {}

  /// @throws IllegalArgumentException when it is none
  static Duration parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a time: '" + text + "'");
    }
    String unit = LONG_FORMS.getOrDefault(matcher.group(2), matcher.group(2));
    Long nanos = NANOS.get(unit);
    if (nanos == null) {
      throw new IllegalArgumentException("no unit of time: '" + unit + "'");
    }
    try {
      return Duration.ofNanos(Math.multiplyExact(Long.parseLong(matcher.group(1)), nanos));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("too long: '" + text + "'", e);
    }
  }

  /// Exactly the same time, in the largest unit in which it is whole.
  static String of(Duration time) {
    long nanos = time.toNanos();
    if (nanos == 0) {
      return "0s";
    }
    for (String unit : new String[] {"d", "h", "m", "s", "ms"}) {
      long one = NANOS.getOrDefault(unit, 1L);
      if (nanos % one == 0) {
        return nanos / one + unit;
      }
    }
    return nanos / 1000 + "us";
  }
}
