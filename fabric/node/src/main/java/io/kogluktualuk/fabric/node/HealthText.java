package io.kogluktualuk.fabric.node;

import java.util.List;
import java.util.stream.Collectors;

/// Health as JSON: `{"ready":false,"checks":[{"node":…,"check":…,"holds":…,"reason":…}]}`.
///
/// **Threading:** stateless.
final class HealthText {

  private HealthText() {}

  static String json(boolean isReady, Health health) {
    List<Health.Check> checks = health.checks();
    return "{\"ready\":"
        + isReady
        + ",\"checks\":"
        + checks.stream().map(HealthText::json).collect(Collectors.joining(",", "[", "]"))
        + "}";
  }

  private static String json(Health.Check check) {
    return "{\"node\":%s,\"check\":%s,\"holds\":%s,\"reason\":%s}"
        .formatted(quote(check.node()), quote(check.name()), check.holds(), quote(check.reason()));
  }

  /// RFC 8259, section 7: quotation marks, backslashes and control characters are escaped.
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
