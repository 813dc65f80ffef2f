package io.kogluktualuk.rdma.doctor;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a process may take: limits and capabilities, as `/proc/self` lists them.
///
/// **Threading:** stateless.
final class Limits {

  /// A limit of this value is none.
  static final long UNLIMITED = Long.MAX_VALUE;

  private static final Pattern ROW =
      Pattern.compile("(\\D+?)\\s{2,}(\\d+|unlimited)\\s+(\\d+|unlimited).*");

  private Limits() {}

  /// @param soft what applies
  /// @param hard up to which a process may raise it by itself
  record Limit(long soft, long hard) {}

  /// The limit with this name, such as `Max locked memory`; null when it is not listed.
  static @Nullable Limit of(Machine machine, String name) {
    for (String line : machine.lines("/proc/self/limits")) {
      Matcher row = ROW.matcher(line);
      if (row.matches() && row.group(1).equals(name)) {
        return new Limit(value(row.group(2)), value(row.group(3)));
      }
    }
    return null;
  }

  private static long value(String text) {
    return text.equals("unlimited") || text.length() > 18 ? UNLIMITED : Long.parseLong(text);
  }

  /// Whether the process has a capability in effect, by its number in `linux/capability.h`.
  static boolean hasCapability(Machine machine, int number) {
    String mask = statusLine(machine, "CapEff");
    try {
      return (Long.parseUnsignedLong(mask, 16) >> number & 1) == 1;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /// What `/proc/self/status` says under a key; empty when it does not.
  static String statusLine(Machine machine, String key) {
    List<String> lines = machine.lines("/proc/self/status");
    return lines.stream()
        .filter(line -> line.startsWith(key + ":"))
        .map(line -> line.substring(key.length() + 1).strip())
        .findFirst()
        .orElse("");
  }
}
