package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// How long programs have taken lately, to tell when running one is quicker than asking the memo
/// index for its outcome. Either gives the same outcome; for a trivial program the question alone
/// takes longer than the answer.
///
/// A program is a path in a namespace here: finding its hash would cost as much as is saved.
///
/// **Threading:** any thread. **Bound:** [#PROGRAMS_MAX] programs, beyond which all are forgotten.
final class RunCosts {

  private static final int PROGRAMS_MAX = 4_096;

  /// Fewer runs than this say nothing: the first ones compile the program and warm it up.
  private static final int RUNS_MIN = 16;

  /// A program that turns slow for good is taken for slow after two runs.
  private static final long OUTLIER = 64;

  private record Program(Hash namespace, String path) {
    static Program of(Transaction transaction) {
      return new Program(transaction.namespace().hash(), transaction.argv().getFirst());
    }
  }

  /// @param nanos a moving average in which each run counts an eighth
  private record Cost(int runs, long nanos) {
    /// One that is far off counts for less: it was the machine's mood.
    Cost and(long more) {
      long counted = Math.min(more, nanos * OUTLIER + 1);
      return new Cost(Math.min(runs + 1, RUNS_MIN), nanos + (counted - nanos) / 8);
    }
  }

  private final Map<Program, Cost> costs = new ConcurrentHashMap<>();

  /// Counts a run, with all its waiting.
  void ran(Transaction transaction, long nanos) {
    if (costs.size() >= PROGRAMS_MAX) {
      costs.clear();
    }
    costs.merge(Program.of(transaction), new Cost(1, nanos), (cost, _) -> cost.and(nanos));
  }

  /// Whether running takes less time than `askingNanos`, as far as is known.
  boolean isQuicker(Transaction transaction, long askingNanos) {
    Cost cost = costs.get(Program.of(transaction));
    return cost != null && cost.runs >= RUNS_MIN && cost.nanos < askingNanos;
  }
}
