package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.Disagreement;
import io.kogluktualuk.controlplane.api.MemoEntry;
import io.kogluktualuk.controlplane.api.MemoLimit;
import io.kogluktualuk.controlplane.model.actions.MemoChange;
import io.kogluktualuk.controlplane.model.actions.MemoTable;
import io.kogluktualuk.controlplane.model.traces.TraceTable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One part of the memo index: its log, its table, who proposes to it, and what was hit in it.
///
/// **Threading:** any thread; the table is read within [ReplicatedLog#read] only.
record MemoShard(
    ReplicatedLog log,
    MemoTable table,
    TraceTable traces,
    Proposer proposer,
    HitCounters counters) {

  /// How full it is.
  ///
  /// @param bytes of memory here
  /// @param limitBytes what the memos may be charged; 0 while nothing has been agreed on
  /// @param disagreements the latest of those counted
  record Tally(
      long memos,
      long bytes,
      long chargedBytes,
      long limitBytes,
      long disagreementCount,
      List<Disagreement> disagreements) {}

  /// How full it is now, also once its log has failed.
  Tally tally() {
    return log.status().failure() == null ? log.read(this::count) : count();
  }

  private Tally count() {
    MemoLimit limit = table.limit();
    return new Tally(
        table.size(),
        table.memoryBytes(),
        table.chargedBytes(),
        limit == null ? 0 : limit.bytes(),
        table.disagreementCount(),
        table.disagreements());
  }

  /// The outcome of a key that is known here by now, or null. A hit is counted, a miss is not: it
  /// may not be the last word.
  @Nullable Outcome find(Hash key) {
    int place = table.find(key);
    if (place < 0) {
      return null;
    }
    counters.hit(MemoTable.chunkAt(place), table.serialAt(place), MemoTable.offsetAt(place));
    return table.outcomeAt(place);
  }

  /// All about a key that is known here by now, or null.
  @Nullable MemoEntry entry(Hash key) {
    int place = table.find(key);
    if (place < 0) {
      return null;
    }
    MemoChange.Known known = table.get(place);
    long hits =
        counters.hits(MemoTable.chunkAt(place), table.serialAt(place), MemoTable.offsetAt(place));
    return new MemoEntry(known.memo(), known.atMillis(), hits);
  }
}
