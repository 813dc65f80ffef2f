package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.guest.GuestProcess;
import io.kogluktualuk.computenode.runtime.tracking.TraceRecorder;
import io.kogluktualuk.computenode.vm.run.Program;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/// A program at its path in a namespace: how long its runs have taken lately, and what is found by
/// going to it, which is the same for each run.
///
/// **Threading:** any thread. Of two runs that end at once one may not count.
final class ProgramAt {

  /// Fewer runs than this say nothing: the first ones compile the program and warm it up.
  private static final int RUNS_MIN = 16;

  /// A program that turns slow for good is taken for slow after two runs.
  private static final long OUTLIER = 64;

  /// @param nanos a moving average in which each run counts an eighth
  private record Cost(int runs, long nanos) {
    /// One that is far off counts for less: it was the machine's mood.
    Cost and(long more) {
      long counted = Math.min(more, nanos * OUTLIER + 1);
      return new Cost(Math.min(runs + 1, RUNS_MIN), nanos + (counted - nanos) / 8);
    }
  }

  /// What is found.
  ///
  /// @param program kept by [Programs], as long as it is in use
  /// @param observed what was seen on the way
  private record Found(
      WeakReference<Program<GuestProcess>> program, TraceRecorder.Beginning observed) {}

  private volatile @Nullable Cost cost;
  private volatile @Nullable Found found;

  /// Counts a run, with all its waiting.
  void ran(long nanos) {
    Cost before = cost;
    cost = before == null ? new Cost(1, nanos) : before.and(nanos);
  }

  /// Whether running takes less time than `askingNanos`, as far as is known.
  boolean isQuicker(long askingNanos) {
    Cost known = cost;
    return known != null && known.runs >= RUNS_MIN && known.nanos < askingNanos;
  }

  /// The program, if somebody has gone to it lately; else null.
  ///
  /// @param trace of a run that has yet to begin: is told what is seen on the way
  @Nullable Program<GuestProcess> find(TraceRecorder trace) {
    Found known = found;
    Program<GuestProcess> program = known == null ? null : known.program.get();
    if (known != null && program != null) {
      trace.begin(known.observed);
    }
    return program;
  }

  /// Somebody has gone to it.
  ///
  /// @param observed what was seen: nothing that had to be computed
  void found(Program<GuestProcess> program, TraceRecorder.Beginning observed) {
    found = new Found(new WeakReference<>(program), observed);
  }
}
