package io.kogluktualuk.computenode.runtime;

import io.kogluktualuk.computenode.runtime.store.Memo;
import io.kogluktualuk.computenode.runtime.store.MemoIndex;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.TraceClaim;
import io.kogluktualuk.fabric.transaction.TraceEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A memo index on the heap that refuses a second opinion.
///
/// **Threading:** safe for any number of threads.
final class InMemoryMemos implements MemoIndex {

  final Map<Hash, Outcome> outcomes = new ConcurrentHashMap<>();
  final Map<Hash, Hash> traces = new ConcurrentHashMap<>();
  final Queue<TraceClaim> claimed = new ConcurrentLinkedQueue<>();
  volatile int tracesMax = Integer.MAX_VALUE;

  /// How long it takes to look outcomes up.
  volatile Duration lookupTakes = Duration.ZERO;

  @Override
  public Map<Hash, Outcome> lookup(Collection<Hash> keys) {
    LockSupport.parkNanos(lookupTakes.toNanos());
    Map<Hash, Outcome> found = new HashMap<>();
    for (Hash key : keys) {
      Outcome outcome = outcomes.get(key);
      if (outcome != null) {
        found.put(key, outcome);
      }
    }
    return found;
  }

  @Override
  public List<Hash> producersOf(Hash output) {
    return outcomes.entrySet().stream()
        .filter(entry -> entry.getValue().output().hash().equals(output))
        .map(Map.Entry::getKey)
        .toList();
  }

  @Override
  public Map<Hash, Hash> traced(Collection<Hash> nodes) {
    Map<Hash, Hash> found = new HashMap<>(traces);
    found.keySet().retainAll(nodes);
    return found;
  }

  @Override
  public List<@Nullable Hash> trace(List<TraceClaim> claims) {
    List<@Nullable Hash> holders = new ArrayList<>();
    for (TraceClaim claim : claims) {
      TraceEntry entry = claim.entry();
      claimed.add(claim);
      if (claim.instead() != null) {
        traces.replace(entry.node(), claim.instead(), entry.key());
      }
      Hash other = traces.size() < tracesMax ? traces.putIfAbsent(entry.node(), entry.key()) : null;
      holders.add(other != null ? other : traces.get(entry.node()));
    }
    return holders;
  }

  @Override
  public void record(List<Memo> memos) {
    for (Memo memo : memos) {
      Outcome other = outcomes.putIfAbsent(memo.key(), memo.outcome());
      if (other != null && !other.equals(memo.outcome())) {
        throw new Conflict(memo.key() + " gave " + other + " and " + memo.outcome());
      }
    }
  }
}
