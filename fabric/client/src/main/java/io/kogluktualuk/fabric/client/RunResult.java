package io.kogluktualuk.fabric.client;

import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.time.Duration;

/// What a run gave.
///
/// @param report the outcome, and what it took
/// @param node the compute node that was asked
/// @param elapsed from the request to the answer, as the client saw it
public record RunResult(RunReport report, String node, Duration elapsed) {

  /// What the transaction gave; the same whenever and wherever it is run.
  public Outcome outcome() {
    return report.outcome();
  }

  /// What it named as its output; the empty blob when it named nothing.
  public Ref output() {
    return report.outcome().output();
  }
}
