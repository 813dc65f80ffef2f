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

  /// The name of the check that fails while a node drains.
  static final String ACCEPTING = "accepting";

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

  /// Whether nothing is missing but that it may take new things: a node that was draining when it
  /// stopped has started, and drains on.
  public boolean hasStarted() {
    return checks.stream().allMatch(check -> check.holds || check.name.equals(ACCEPTING));
  }

  /// What is missing, in one line; empty when nothing is.
  public String missing() {
    return checks.stream()
        .filter(check -> !check.holds)
        .map(check -> check.node + ": " + check.reason)
        .collect(Collectors.joining("; "));
  }
}
