package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.TraceClaim;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where outcomes are looked up and made known to all.
///
/// **Threading:** safe for any number of threads.
/// **Errors:** [io.kogluktualuk.fabric.fault.FabricException]; never an answer that is not known.
public interface MemoIndex {

  /// The known outcomes among those of some transactions.
  Map<Hash, Outcome> lookup(Collection<Hash> keys);

  /// The transactions that gave an output, by its hash; a few of them when there are many.
  List<Hash> producersOf(Hash output);

  /// Makes outcomes known; returns when they are durable. Those for which there is no room are
  /// left out.
  void record(List<Memo> memos);

  /// Of some nodes of the trace trie, the transactions whose traces go on from there.
  Map<Hash, Hash> traced(Collection<Hash> nodes);

  /// Enters traces into the trie. The first at a node stays there, unless the claim says of just
  /// that one that it leads nowhere.
  ///
  /// @return who has each node, in order; null where there is no room
  List<@Nullable Hash> trace(List<TraceClaim> claims);
}
