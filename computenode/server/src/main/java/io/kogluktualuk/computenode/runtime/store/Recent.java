package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// What this node has lately come to know of transactions, the first to come the first to go.
///
/// Only what is known is kept: what is not known now may be known a moment later.
///
/// A ring has the keys in the order in which they came: each new one takes the place of the one
/// that came a full turn before, which is forgotten.
///
/// **Threading:** safe for any number of threads; none waits for another.
/// **Bound:** a number of entries.
public final class Recent<V> {

  private final Map<Hash, V> values = new ConcurrentHashMap<>();
  private final AtomicReferenceArray<@Nullable Hash> ring;
  private final AtomicLong added = new AtomicLong();

  public Recent(int entriesMax) {
    this.ring = new AtomicReferenceArray<>(entriesMax);
  }

  public @Nullable V get(Hash key) {
    return values.get(key);
  }

  public void add(Hash key, V value) {
    if (values.putIfAbsent(key, value) == null) {
      int place = (int) (added.getAndIncrement() % ring.length());
      Hash eldest = ring.getAndSet(place, key);
      if (eldest != null) {
        values.remove(eldest);
      }
    }
  }

  /// Forgets everything: some of it may never have been stored.
  public void clear() {
    for (int i = 0; i < ring.length(); i++) {
      Hash key = ring.getAndSet(i, null);
      if (key != null) {
        values.remove(key);
      }
    }
  }

  public int size() {
    return values.size();
  }

  /// Grows with each entry that is added.
  public long additions() {
    return added.get();
  }
}
