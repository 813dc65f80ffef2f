package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.units.ByteCount;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What a transaction may use, and how long its run may take.
///
/// **Threading:** filled by picocli, then read by one thread.
final class LimitOptions {

  static final Duration TIMEOUT = Duration.ofHours(1);

  private static final Pattern COUNT = Pattern.compile("(\\d{1,18})([kMGT]?)");
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h)?");

  @Option(
      names = "--fuel",
      paramLabel = "N",
      description = "Instructions it may execute; k, M, G, T are allowed. Default: 1T.")
  private @Nullable String fuel;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "Memory it may have. Default: 512MiB.")
  private @Nullable String memory;

  @Option(
      names = "--output-limit",
      paramLabel = "SIZE",
      description = "Bytes it may write. Default: 64GiB.")
  private @Nullable String output;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description =
          "How long to wait, such as 500ms, 30s, 10m, 2h; then the run is cancelled. Default: 1h."
              + " Not part of the transaction.")
  private @Nullable String timeout;

  Limits limits() {
    return new Limits(
        fuel == null ? Limits.DEFAULT.fuel() : count(fuel),
        memory == null ? Limits.DEFAULT.memoryBytes() : ByteCount.parse(memory).bytes(),
        output == null ? Limits.DEFAULT.outputBytes() : ByteCount.parse(output).bytes());
  }

  Duration timeout() {
    return timeout == null ? TIMEOUT : time(timeout);
  }

  static long count(String text) {
    Matcher matcher = COUNT.matcher(text);
    if (matcher.matches()) {
      long factor = (long) Math.pow(1000, " kMGT".indexOf((matcher.group(2) + " ").charAt(0)));
      try {
        return Math.multiplyExact(Long.parseLong(matcher.group(1)), factor);
      } catch (ArithmeticException e) {
        throw new InvalidArgument("the count is too large: '" + text + "'", e);
      }
    }
    throw new InvalidArgument(
        "not a count: '" + text + "'; expected a number with an optional k, M, G or T");
  }

  static Duration time(String text) {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw new InvalidArgument(
          "not a time: '" + text + "'; expected a number with ms, s, m or h, such as 30s");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case null, default -> Duration.ofSeconds(number);
    };
  }
}
