package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Tag;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Where blobs were found last, and the tags of those that were verified.
///
/// Two generations: what is used moves to the young one; when that is full, it becomes the old one
/// and the old one is forgotten. So whatever was used within the last half of the bound is there,
/// at the price of one map operation and without an order to maintain.
///
/// **Threading:** any thread. **Bound:** `entriesMax`, exceeded for a moment by as many entries as
/// there are threads.
final class LocationCache {

  /// What is known about a blob.
  ///
  /// @param tag of the verified bytes; null before this process has verified them
  record Known(String nodeId, BlobLocation location, @Nullable Tag tag) {}

  private final int generationMax;
  private volatile ConcurrentHashMap<Hash, Known> young = new ConcurrentHashMap<>();
  private volatile ConcurrentHashMap<Hash, Known> old = new ConcurrentHashMap<>();

  LocationCache(int entriesMax) {
    generationMax = Math.max(1, entriesMax / 2);
  }

  @Nullable Known get(Hash hash) {
    Known known = young.get(hash);
    if (known == null) {
      known = old.get(hash);
      if (known != null) {
        put(hash, known);
      }
    }
    return known;
  }

  void put(Hash hash, Known known) {
    if (young.size() >= generationMax) {
      age();
    }
    young.put(hash, known);
  }

  /// Notes a location, and keeps the tag: it belongs to the bytes, wherever they lie.
  void located(Hash hash, String nodeId, BlobLocation location) {
    Known before = get(hash);
    put(hash, new Known(nodeId, location, before == null ? null : before.tag()));
  }

  int size() {
    return young.size() + old.size();
  }

  private synchronized void age() {
    if (young.size() >= generationMax) {
      old = young;
      young = new ConcurrentHashMap<>();
    }
  }
}
