package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.HashPrefix;
import io.kogluktualuk.controlplane.api.Keys;
import io.kogluktualuk.controlplane.api.Maybe;
import io.kogluktualuk.controlplane.api.MemoEntry;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.api.Recorded;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.actions.MemoChange;
import io.kogluktualuk.controlplane.model.actions.MemoCommand;
import io.kogluktualuk.controlplane.model.actions.MemoTable;
import io.kogluktualuk.controlplane.model.actions.MemoView;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The calls about the memo index.
///
/// Lookups are answered from the applied state: what is known is known for ever, so a hit cannot be
/// stale. Searches run on a frozen view, so that the log does not stand still for them.
///
/// **Threading:** any thread.
final class MemoCalls {

  private final ReplicatedLog log;
  private final MemoTable table;
  private final Proposer proposer;
  private final HitCounters counters;
  private final Duration timeout;

  MemoCalls(
      ReplicatedLog log,
      MemoTable table,
      Proposer proposer,
      HitCounters counters,
      Duration timeout) {
    this.log = log;
    this.table = table;
    this.proposer = proposer;
    this.counters = counters;
    this.timeout = timeout;
  }

  void addTo(MethodTable methods) {
    methods
        .on(ControlMethods.LOOKUP, this::lookup)
        .on(ControlMethods.RECORD, this::record)
        .on(ControlMethods.EXPLAIN, this::explain)
        .on(ControlMethods.PRODUCERS_OF, prefix -> view().producersOf(prefix))
        .on(ControlMethods.RESOLVE_PREFIX, this::resolvePrefix);
  }

  List<Maybe<Outcome>> lookup(List<Hash> keys) {
    return log.read(
        () -> {
          List<Maybe<Outcome>> outcomes = new ArrayList<>(keys.size());
          for (Hash key : keys) {
            outcomes.add(new Maybe<>(lookup(key)));
          }
          return outcomes;
        });
  }

  List<Recorded> record(List<MemoRecord> memos) {
    List<Proposal> proposals =
        memos.stream().map(memo -> new MemoCommand.Record(memo).toProposal()).toList();
    if (proposals.isEmpty()) {
      return List.of();
    }
    return proposer.propose(proposals, Deadline.after(timeout)).stream()
        .map(reply -> MemoTable.readReply(reply.orThrow()))
        .toList();
  }

  MemoEntry explain(Hash key) {
    return log.read(
        () -> {
          int ordinal = table.find(key);
          if (ordinal < 0) {
            throw new NotFound("transaction " + key + " is not in the memo index");
          }
          MemoChange.Known known = table.view().get(ordinal);
          return new MemoEntry(known.memo(), known.atMillis(), counters.hits(ordinal));
        });
  }

  private Keys resolvePrefix(HashPrefix prefix) {
    return view().keysWith(prefix);
  }

  private MemoView view() {
    return log.read(table::view);
  }

  private @Nullable Outcome lookup(Hash key) {
    int ordinal = table.find(key);
    if (ordinal < 0) {
      counters.miss();
      return null;
    }
    counters.hit(ordinal);
    return table.outcomeAt(ordinal);
  }
}
