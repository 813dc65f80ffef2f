package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Outcomes this node has met, the first to come the first to go.
///
/// Only what is known is kept: what is not known now may be known a moment later.
///
/// **Threading:** safe for any number of threads; a lookup takes no lock.
/// **Bound:** a number of entries.
public final class OutcomeCache {

  private final int entriesMax;
  private final Map<Hash, Outcome> outcomes = new ConcurrentHashMap<>();
  private final Queue<Hash> order = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();

  public OutcomeCache(int entriesMax) {
    this.entriesMax = entriesMax;
  }

  public @Nullable Outcome get(Hash key) {
    return outcomes.get(key);
  }

  public void add(Hash key, Outcome outcome) {
    if (outcomes.putIfAbsent(key, outcome) == null) {
      order.add(key);
      if (size.incrementAndGet() > entriesMax) {
        evictOne();
      }
    }
  }

  /// Forgets everything: some of it may never have been stored.
  public void clear() {
    while (evictOne()) {}
  }

  public int size() {
    return size.get();
  }

  private boolean evictOne() {
    Hash eldest = order.poll();
    if (eldest == null) {
      return false;
    }
    outcomes.remove(eldest);
    size.decrementAndGet();
    return true;
  }
}
