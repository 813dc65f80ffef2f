package io.kogluktualuk.fabric.systemtests;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Which part of a scenario goes on, and how long all parts have taken.
///
/// **Threading:** one thread. **Bound:** the names of parts, a handful.
final class Course {

  private final Map<String, Long> nanos = new LinkedHashMap<>();
  private String part = "";
  private long sinceNanos;

  /// Begins a part, or goes on with it, and ends the one before.
  void begin(String next) {
    end();
    part = next;
    sinceNanos = System.nanoTime();
  }

  void end() {
    if (!part.isEmpty()) {
      nanos.merge(part, System.nanoTime() - sinceNanos, Long::sum);
      part = "";
    }
  }

  /// Such as `load 0.8, faults 7.9`, in seconds.
  @Override
  public String toString() {
    return nanos.entrySet().stream()
        .map(each -> String.format(Locale.ROOT, "%s %.1f", each.getKey(), each.getValue() / 1e9))
        .collect(Collectors.joining(", "));
  }
}
