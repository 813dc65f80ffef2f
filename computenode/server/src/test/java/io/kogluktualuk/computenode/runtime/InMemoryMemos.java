package io.kogluktualuk.computenode.runtime;

import io.kogluktualuk.computenode.runtime.store.Memo;
import io.kogluktualuk.computenode.runtime.store.MemoIndex;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A memo index on the heap that refuses a second opinion.
///
/// **Threading:** safe for any number of threads.
final class InMemoryMemos implements MemoIndex {

  final Map<Hash, Outcome> outcomes = new ConcurrentHashMap<>();

  @Override
  public Map<Hash, Outcome> lookup(Collection<Hash> keys) {
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
  public void record(List<Memo> memos) {
    for (Memo memo : memos) {
      Outcome other = outcomes.putIfAbsent(memo.key(), memo.outcome());
      if (other != null && !other.equals(memo.outcome())) {
        throw new Conflict(memo.key() + " gave " + other + " and " + memo.outcome());
      }
    }
  }
}
