package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What this node has lately come to know of transactions, the first to come the first to go.
///
/// Only what is known is kept: what is not known now may be known a moment later.
///
/// **Threading:** safe for any number of threads; a lookup takes no lock.
/// **Bound:** a number of entries.
public final class Recent<V> {

  private final int entriesMax;
  private final Map<Hash, V> values = new ConcurrentHashMap<>();
  private final Queue<Hash> order = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();

  public Recent(int entriesMax) {
    this.entriesMax = entriesMax;
  }

  public @Nullable V get(Hash key) {
    return values.get(key);
  }

  public void add(Hash key, V value) {
    if (values.putIfAbsent(key, value) == null) {
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
    values.remove(eldest);
    size.decrementAndGet();
    return true;
  }
}
