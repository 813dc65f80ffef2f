package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.memnode.api.LeaseTerms;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Times as people write them: `500ms`, `10s`, `2m`, `1h`.
///
/// **Threading:** stateless.
final class Durations {

  static final Duration LEASE_MAX = LeaseTerms.TTL_MAX;

  private static final Pattern TEXT = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  private Durations() {}

  /// @throws InvalidArgument when it is something else
  static Duration parse(String key, String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new InvalidArgument(
          key + ": found '" + text + "', expected a time such as 500ms, 10s, 2m or 1h");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }

  /// What [#parse] reads; parts of a millisecond are left out.
  static String format(Duration time) {
    long millis = time.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    return millis % 60_000 == 0 ? millis / 60_000 + "m" : millis / 1000 + "s";
  }

  static void check(String key, Duration time, Duration atMost) {
    if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(atMost) > 0) {
      throw new InvalidArgument(key + ": found " + time + ", expected 1ms to " + format(atMost));
    }
  }
}
