package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Capture;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Trace.Place;
import io.kogluktualuk.fabric.transaction.Trace.Step;
import io.kogluktualuk.fabric.transaction.TraceNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is known of a transaction that was run, with the nodes of the trace trie that its trace
/// goes through: whoever is at one of them has been answered the same up to there.
///
/// **Threading:** any thread. **Bound:** a hash for each step, made when it is first asked for.
final class KnownTrace {

  private final Hash family;
  private final Outcome outcome;
  private final Trace trace;
  private final TraceNode maker = new TraceNode();
  private final List<Hash> nodes = new ArrayList<>();
  private @Nullable Set<Integer> wanted;

  /// @param family of the transaction
  KnownTrace(Hash family, Outcome outcome, Trace trace) {
    this.family = family;
    this.outcome = outcome;
    this.trace = trace;
    nodes.add(family);
  }

  Hash family() {
    return family;
  }

  Outcome outcome() {
    return outcome;
  }

  Trace trace() {
    return trace;
  }

  List<Step> steps() {
    return trace.steps();
  }

  /// The node after so many steps.
  synchronized Hash nodeAfter(int count) {
    while (nodes.size() <= count) {
      Step step = trace.steps().get(nodes.size() - 1);
      nodes.add(maker.next(nodes.getLast(), step));
    }
    return nodes.get(count);
  }

  /// Takes over what another has made already.
  ///
  /// @param count of steps that both begin with
  synchronized void share(KnownTrace other, int count) {
    for (int i = nodes.size(); i <= count; i++) {
      nodes.add(other.nodeAfter(i));
    }
  }

  /// The computations whose values were asked for, by the number of their binding.
  synchronized Set<Integer> wanted() {
    Set<Integer> known = wanted;
    if (known == null) {
      known = new HashSet<>();
      for (Step step : trace.steps()) {
        addWanted(step, known);
      }
      wanted = known;
    }
    return known;
  }

  private static void addWanted(Step step, Set<Integer> wanted) {
    switch (step) {
      case Trace.Computed(Place place, _, _) -> wanted.add(place.origin());
      case Trace.Failed(Place place, _, _) -> wanted.add(place.origin());
      case Trace.Evaluated(Capture capture, _) -> addWanted(capture, wanted);
      case Trace.Unevaluable(Capture capture, _) -> addWanted(capture, wanted);
      case Trace.Looked _,
          Trace.Measured _,
          Trace.Opened _,
          Trace.Listed _,
          Trace.ListedPart _,
          Trace.Bound _,
          Trace.Needed _ -> {}
    }
  }

  private static void addWanted(Capture capture, Set<Integer> wanted) {
    switch (capture) {
      case Capture.Output(int origin, _) -> wanted.add(origin);
      case Capture.Made(var entries) -> entries.values().forEach(each -> addWanted(each, wanted));
      case Capture.Changed(_, var changes) ->
          changes.values().forEach(change -> change.ifPresent(each -> addWanted(each, wanted)));
      case Capture.At _, Capture.Stored _, Capture.Missing _, Capture.Root _ -> {}
    }
  }
}
