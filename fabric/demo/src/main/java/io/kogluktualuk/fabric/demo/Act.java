package io.kogluktualuk.fabric.demo;

import io.kogluktualuk.computenode.api.RunCounters;
import io.kogluktualuk.fabric.blob.Ref;
import java.time.Duration;

/// One act of the demo: a sort, what it took, and whether its output is right.
///
/// @param name `cold`, `again` or `one record changed`
/// @param counters of the sort's transactions
/// @param elapsed from asking to the answer
/// @param output the sorted data
/// @param check how it compares with the platform's sort
public record Act(String name, RunCounters counters, Duration elapsed, Ref output, Check check) {

  /// The verdict on an output.
  public enum Check {
    SAME,
    DIFFERENT,
    /// There is no `sort` on this machine.
    NOT_CHECKED
  }
}
