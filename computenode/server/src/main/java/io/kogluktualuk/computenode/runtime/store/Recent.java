package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What this node has lately come to know of transactions, the first to come the first to go.
///
/// Only what is known is kept: what is not known now may be known a moment later.
///
/// Two generations: when the young one has half of what may be kept, it becomes the old one, and
/// the old one is dropped as a whole. To forget one entry for each that is added would be exact,
/// and takes longer than adding it: what is oldest is in no cache of the processor.
///
/// **Threading:** safe for any number of threads; a lookup takes no lock.
/// **Bound:** a number of entries, and one more for each thread that adds; at least half as many of
/// the latest are there.
public final class Recent<V> {

  private final int half;
  private final AtomicLong added = new AtomicLong();
  private volatile Generations<V> generations;

  private record Generations<V>(Map<Hash, V> young, Map<Hash, V> old) {

    static <V> Generations<V> empty() {
      return new Generations<>(new ConcurrentHashMap<>(), Map.of());
    }

    @Nullable V get(Hash key) {
      V value = young.get(key);
      return value != null ? value : old.get(key);
    }
  }

  public Recent(int entriesMax) {
    this.half = Math.max(1, entriesMax / 2);
    this.generations = Generations.empty();
  }

  public @Nullable V get(Hash key) {
    return generations.get(key);
  }

  public void add(Hash key, V value) {
    Generations<V> now = generations;
    if (now.get(key) == null
        && now.young.putIfAbsent(key, value) == null
        && added.incrementAndGet() % half == 0) {
      age();
    }
  }

  private synchronized void age() {
    generations = new Generations<>(new ConcurrentHashMap<>(2 * half), generations.young);
  }

  /// Forgets everything: some of it may never have been stored.
  public synchronized void clear() {
    generations = Generations.empty();
  }

  public int size() {
    Generations<V> now = generations;
    return now.young.size() + now.old.size();
  }

  /// Grows with each entry that is added.
  public long additions() {
    return added.get();
  }
}
