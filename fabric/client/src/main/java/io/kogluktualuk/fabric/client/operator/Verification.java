package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.fabric.client.RunResult;
import java.util.List;

/// How the outcomes compare that several compute nodes found for one transaction.
///
/// @param result what the first gave
/// @param producer the node by which the first outcome was found out, now or long ago
/// @param again what the others gave, each by running everything again
public record Verification(RunResult result, String producer, List<RunResult> again) {

  /// Copies what it is given.
  public Verification {
    again = List.copyOf(again);
  }

  /// Whether another node gave the same outcome, to the last bit and instruction.
  public boolean isSame(RunResult other) {
    return other.report().outcome().equals(result.report().outcome());
  }

  /// Whether all gave the same.
  public boolean isVerified() {
    return again.stream().allMatch(this::isSame);
  }
}
