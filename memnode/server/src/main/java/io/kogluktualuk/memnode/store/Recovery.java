package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Finds out at a start which blobs are there.
///
/// The log says where blobs were sealed. A record counts when its extent is really free and lies in
/// a region that exists. After the *machine* stopped without an orderly close, any page may be an
/// old one, so every blob is hashed; otherwise the kernel kept all writes and hashing gigabytes
/// would only delay the start: readers verify anyway.
///
/// **Threading:** one thread, before anybody else sees the store.
final class Recovery {

  /// How many blobs are hashed at once: bounds memory, keeps all cores busy.
  private static final int BATCH = 1024;

  private final Regions regions;
  private final SealLog log;
  private final Verifiers verifiers;

  Recovery(Regions regions, SealLog log, Verifiers verifiers) {
    this.regions = regions;
    this.log = log;
    this.verifiers = verifiers;
  }

  /// What is there.
  ///
  /// @param blobs the blobs to serve
  /// @param dropped how many others the log named, or could not name because it is damaged
  record Recovered(List<SealedBlob> blobs, long dropped) {}

  /// Claims the extents of all good blobs, and rewrites the log when some are not good.
  Recovered run(boolean verify) {
    SealLog.Contents contents = log.load();
    List<SealedBlob> possible = claimable(contents.blobs());
    List<SealedBlob> intact = verify ? intact(possible) : possible;
    long dropped = contents.damaged() + contents.blobs().size() - intact.size();
    if (dropped > 0) {
      log.rewrite(intact);
    }
    return new Recovered(intact, dropped);
  }

  private List<SealedBlob> claimable(List<SealedBlob> logged) {
    List<SealedBlob> possible = new ArrayList<>(logged.size());
    Set<Hash> seen = HashSet.newHashSet(logged.size());
    for (SealedBlob blob : logged) {
      if (!seen.contains(blob.hash()) && regions.claim(blob.location())) {
        seen.add(blob.hash());
        possible.add(blob);
      }
    }
    return possible;
  }

  private List<SealedBlob> intact(List<SealedBlob> possible) {
    List<SealedBlob> intact = new ArrayList<>(possible.size());
    for (int from = 0; from < possible.size(); from += BATCH) {
      List<SealedBlob> batch = possible.subList(from, Math.min(possible.size(), from + BATCH));
      BitSet good = verifiers.verify(batch);
      for (int i = 0; i < batch.size(); i++) {
        if (good.get(i)) {
          intact.add(batch.get(i));
        } else {
          regions.release(Extent.of(batch.get(i).location()));
        }
      }
    }
    return intact;
  }
}
