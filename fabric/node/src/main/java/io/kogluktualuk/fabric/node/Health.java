package io.kogluktualuk.fabric.node;

import java.util.List;
import java.util.stream.Collectors;

/// Whether a node, or several, can do their work now, and what speaks for and against it.
///
/// @param checks what was looked at; all of them have to hold
public record Health(List<Check> checks) {

  /// One thing that was looked at.
  ///
  /// @param node whose it is
  /// @param name what was looked at: `leader`, `enrolled`, `memory`
  /// @param reason what was found, in words
  public record Check(String node, String name, boolean holds, String reason) {}

  public Health {
    checks = List.copyOf(checks);
  }

  /// Of several nodes together.
  static Health of(List<Health> all) {
    return new Health(all.stream().flatMap(health -> health.checks.stream()).toList());
  }

  public boolean isReady() {
    return checks.stream().allMatch(Check::holds);
  }

  /// What is missing, in one line; empty when nothing is.
  public String missing() {
    return checks.stream()
        .filter(check -> !check.holds)
        .map(check -> check.node + ": " + check.reason)
        .collect(Collectors.joining("; "));
  }
}
