package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Trace.Step;
import io.kogluktualuk.fabric.transaction.TraceEntry;
import io.kogluktualuk.fabric.transaction.TraceNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds out whether a transaction would go the way of one that was run, by asking its namespace
/// what that one asked.
///
/// The trie is walked from the transaction's family: the trace of whoever has the node is followed
/// as long as the answers are the same; where one differs, whoever has the node that *it* leads to
/// is followed from there. At the end of a trace stands the outcome of both.
///
/// **Threading:** the thread of the transaction.
/// **Bound:** [#HOLDERS_MAX] traces.
final class TraceWalk {

  private static final int HOLDERS_MAX = 1_024;

  private final KnownTraces known;
  private final Answers answers;
  private final TraceNode nodes = new TraceNode();
  private final List<Step> answered = new ArrayList<>();
  private final List<TraceEntry> ways = new ArrayList<>();
  private Hash node;

  TraceWalk(KnownTraces known, Answers answers, Hash family) {
    this.known = known;
    this.answers = answers;
    this.node = family;
  }

  /// Where it has got to.
  Hash node() {
    return node;
  }

  /// The entries of the trie that it has followed.
  List<TraceEntry> ways() {
    return ways;
  }

  /// What has been answered so far.
  List<Step> answered() {
    return answered;
  }

  /// The outcome, but for its trace, which is [#answered]; null when the way is not known.
  @Nullable Outcome walk() {
    Hash family = node;
    for (int i = 0; i < HOLDERS_MAX; i++) {
      Hash holder = known.at(node);
      KnownTrace found = holder == null ? null : known.get(holder);
      if (holder == null || found == null || !found.family().equals(family) || !hasCome(found)) {
        return null;
      }
      ways.add(new TraceEntry(node, holder));
      switch (follow(found)) {
        case END -> {
          return found.outcome();
        }
        case LOST -> {
          return null;
        }
        case LEFT -> {}
      }
    }
    return null;
  }

  private enum Way {
    END,
    LEFT,
    LOST
  }

  /// Whether a trace begins with what has been answered: the trie is foreign bytes.
  private boolean hasCome(KnownTrace trace) {
    return trace.steps().size() >= answered.size() && trace.nodeAfter(answered.size()).equals(node);
  }

  private Way follow(KnownTrace trace) {
    answers.expect(trace);
    List<Step> steps = trace.steps();
    for (int i = answered.size(); i < steps.size(); i++) {
      Step step = steps.get(i);
      Step here = answers.ask(step);
      if (here == null) {
        return Way.LOST;
      }
      answered.add(here);
      if (!TraceNode.isSame(here, step)) {
        node = nodes.next(trace.nodeAfter(i), here);
        return Way.LEFT;
      }
    }
    node = trace.nodeAfter(steps.size());
    return Way.END;
  }
}
