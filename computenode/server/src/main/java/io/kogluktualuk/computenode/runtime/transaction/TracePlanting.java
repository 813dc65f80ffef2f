package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.store.Memo;
import io.kogluktualuk.computenode.runtime.store.MemoIndex;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Trace.Step;
import io.kogluktualuk.fabric.transaction.TraceClaim;
import io.kogluktualuk.fabric.transaction.TraceEntry;
import io.kogluktualuk.fabric.transaction.TraceNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Enters new traces into the trie, each where it leaves those that are in it: for a batch of
/// traces all at once, one call for each time that some of them part ways.
///
/// A trace that is not entered is not found, and does no harm.
///
/// **Threading:** one thread at a time. **Bound:** [#ROUNDS_MAX] calls.
final class TracePlanting {

  private static final Logger LOG = LoggerFactory.getLogger(TracePlanting.class);

  private static final int ROUNDS_MAX = 1_024;

  private final MemoIndex index;
  private final KnownTraces known;

  TracePlanting(MemoIndex index, KnownTraces known) {
    this.index = index;
    this.known = known;
  }

  /// A trace on its way to where it belongs.
  private static final class Climber {
    final Hash key;
    final KnownTrace own;
    Hash node;
    int passed;

    /// Who has the node, and leads nowhere.
    @Nullable Hash instead;

    Climber(Hash key, KnownTrace own) {
      this.key = key;
      this.own = own;
      this.node = own.family();
    }
  }

  /// Enters the traces of what has been run.
  void plant(List<Memo> memos) {
    try {
      claimAgain();
      List<Climber> climbers = new ArrayList<>();
      for (Memo memo : memos) {
        Memo.Observed observed = memo.observed();
        if (observed != null && memo.outcome().trace().length() <= KnownTraces.TRACE_BYTES_MAX) {
          KnownTrace own = new KnownTrace(observed.family(), memo.outcome(), observed.trace());
          known.remember(memo.key(), own);
          climbers.add(new Climber(memo.key(), own));
        }
      }
      for (int round = 0; !climbers.isEmpty() && round < ROUNDS_MAX; round++) {
        climbers = climb(climbers);
      }
    } catch (RuntimeException e) {
      // Whatever it is, the outcomes are recorded, and must not be taken for lost.
      LOG.warn("{} traces are not in the trie", memos.size(), e);
    }
  }

  private void claimAgain() {
    List<TraceClaim> useful = known.takeUseful();
    if (!useful.isEmpty()) {
      remember(useful, index.trace(useful));
    }
  }

  /// One round: those that are still on their way.
  private List<Climber> climb(List<Climber> climbers) {
    Map<Hash, Climber> first = new HashMap<>();
    List<TraceClaim> claims = new ArrayList<>();
    List<Climber> rest = new ArrayList<>();
    for (Climber climber : climbers) {
      if (!passKnown(climber)) {
        continue;
      }
      if (first.putIfAbsent(climber.node, climber) == null) {
        claims.add(new TraceClaim(new TraceEntry(climber.node, climber.key), climber.instead));
      } else {
        rest.add(climber);
      }
    }
    if (claims.isEmpty()) {
      return List.of();
    }
    List<@Nullable Hash> holders = index.trace(claims);
    remember(claims, holders);
    for (int i = 0; i < claims.size(); i++) {
      TraceEntry entry = claims.get(i).entry();
      Hash holder = holders.get(i);
      if (holder != null && !holder.equals(entry.key())) {
        rest.add(Objects.requireNonNull(first.get(entry.node())));
      }
    }
    // Without room for the first at a node there is none for others.
    rest.removeIf(climber -> known.remembered(climber.node) == null);
    return rest;
  }

  private void remember(List<TraceClaim> claims, List<@Nullable Hash> holders) {
    for (int i = 0; i < claims.size(); i++) {
      Hash holder = holders.get(i);
      if (holder != null) {
        known.remember(claims.get(i).entry().node(), holder);
      }
    }
  }

  /// Goes on while it is known here who has the node, and that leads on.
  ///
  /// @return false when there is nothing to enter
  private boolean passKnown(Climber climber) {
    Hash holder;
    climber.instead = null;
    while ((holder = known.remembered(climber.node)) != null) {
      if (holder.equals(climber.key)) {
        return false;
      }
      KnownTrace found = known.get(holder);
      if (found == null || !found.family().equals(climber.own.family())) {
        climber.instead = holder;
        return true;
      }
      if (!pass(climber, found)) {
        return false;
      }
    }
    return true;
  }

  /// Goes to where a trace leaves that of who has its node.
  ///
  /// @return false when it does not
  private boolean pass(Climber climber, KnownTrace holder) {
    List<Step> mine = climber.own.steps();
    List<Step> other = holder.steps();
    for (int i = climber.passed; i < mine.size() && i < other.size(); i++) {
      if (!TraceNode.isSame(mine.get(i), other.get(i))) {
        climber.own.share(holder, i);
        climber.node = climber.own.nodeAfter(i + 1);
        climber.passed = i + 1;
        return true;
      }
    }
    return false;
  }
}
