package io.kogluktualuk.controlplane.server;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// What clients did to the memo index and when, and whether that can have been one index.
///
/// A key's state goes once from unknown to known and stays. So a history of it is linearizable
/// exactly when no lookup that missed began after a record of the key was acknowledged, or after
/// another lookup that hit had ended: for such a register this simple check is complete.
///
/// **Threading:** any thread.
final class MemoHistory {

  private record Lookup(long began, long ended, boolean isHit) {}

  /// A point in time that all threads agree on.
  private final AtomicLong clock = new AtomicLong();

  private final Map<Long, Long> knownSince = new ConcurrentHashMap<>();
  private final Map<Long, Collection<Lookup>> lookups = new ConcurrentHashMap<>();

  long now() {
    return clock.incrementAndGet();
  }

  void acknowledged(long key) {
    knownSince.merge(key, now(), Math::min);
  }

  void lookedUp(long key, long began, boolean isHit) {
    lookups
        .computeIfAbsent(key, _ -> new CopyOnWriteArrayList<>())
        .add(new Lookup(began, now(), isHit));
  }

  /// The keys whose record was acknowledged.
  Collection<Long> acknowledged() {
    return List.copyOf(knownSince.keySet());
  }

  long lookups() {
    return lookups.values().stream().mapToLong(Collection::size).sum();
  }

  /// What cannot have happened, in words; empty when all is well.
  List<String> violations() {
    List<String> found = new CopyOnWriteArrayList<>();
    lookups.forEach(
        (key, each) -> {
          long known = knownSince.getOrDefault(key, Long.MAX_VALUE);
          for (Lookup lookup : each) {
            if (lookup.isHit()) {
              known = Math.min(known, lookup.ended());
            }
          }
          for (Lookup lookup : each) {
            if (!lookup.isHit() && lookup.began() > known) {
              found.add("key " + key + " was known at " + known + ", and missed by " + lookup);
            }
          }
        });
    return found;
  }
}
