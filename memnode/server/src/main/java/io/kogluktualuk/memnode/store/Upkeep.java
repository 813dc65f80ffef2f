package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a store does for itself while blobs come and go: it moves blobs together, looks whether
/// they are still intact, and writes its log anew. Each holds others up for moments only.
///
/// **Threading:** one thread; others may use the store. **Ownership:** everything is lent.
final class Upkeep {

  private final StoreLock lock;
  private final StoreParts parts;
  private final Residency residency;
  private final Verifiers verifiers;
  private final GroupSync groupSync;
  private final LostBlobs lost;
  private final Relocation relocation;
  private final Scrub scrub;

  /// @param lost hears of blobs that are dropped because they are damaged
  Upkeep(
      StoreLock lock,
      StoreParts parts,
      Residency residency,
      Verifiers verifiers,
      GroupSync groupSync,
      LostBlobs lost) {
    this.lock = lock;
    this.parts = parts;
    this.residency = residency;
    this.verifiers = verifiers;
    this.groupSync = groupSync;
    this.lost = lost;
    this.relocation = new Relocation(parts.regions(), parts.index());
    this.scrub = new Scrub(parts.index());
  }

  /// See [MemoryStore#relocate].
  int relocate() {
    if (!lock.open(() -> parts.regions().isFragmented() && relocation.choose() > 0)) {
      return 0;
    }
    relocation.copy();
    int moved = lock.open(this::commitMoves);
    groupSync.sync();
    lock.whileOpen(relocation::free);
    return moved;
  }

  private int commitMoves() {
    int moved = relocation.commit(residency);
    groupSync.wrote();
    return moved;
  }

  /// See [MemoryStore#scrub].
  int scrub(long bytes) {
    int damaged = 0;
    for (SealedBlob blob : lock.open(() -> scrub.next(bytes))) {
      if (!verifiers.isIntact(blob)) {
        damaged += dropDamaged(blob) ? 1 : 0;
      } else if (parts.tier() != null) {
        scrubCopy(parts.tier(), blob.hash());
      }
    }
    return damaged;
  }

  /// Drops a blob whose bytes somebody found to be others, and tells, if they still are.
  ///
  /// @return whether it was dropped
  boolean dropDamaged(SealedBlob blob) {
    return lock.open(
        () -> {
          LostBlob gone = residency.dropDamaged(blob, verifiers::isIntact);
          if (gone != null) {
            lost.add(gone);
          }
          return gone != null;
        });
  }

  /// Spills a blob whose copy in memory has changed, while the one in the file tier is intact.
  private void scrubCopy(MemoryTier tier, Hash hash) {
    BlobLocation copy = lock.open(() -> parts.index().find(hash));
    if (copy == null || copy.isSpilled() || Hash.of(tier.bytes(copy)).equals(hash)) {
      return;
    }
    lock.whileOpen(
        () -> {
          int ordinal = residency.ordinal(hash);
          if (ordinal != BlobTable.NONE
              && copy.equals(parts.index().shown(ordinal))
              && !Hash.of(tier.bytes(copy)).equals(hash)) {
            tier.spill(ordinal);
          }
        });
  }

  /// See [MemoryStore#compactLog].
  ///
  /// @param blobsMax how many records that came meanwhile may still be taken along
  boolean compactLog(long blobsMax) {
    @Nullable LogRewrite rewrite = lock.open(this::beginRewrite);
    if (rewrite == null) {
      return false;
    }
    List<BlobRecord> batch;
    do {
      batch = lock.open(rewrite::collect);
      rewrite.write(batch);
    } while (!batch.isEmpty());
    if (!rewrite.catchUp(lock.open(() -> parts.log().records()), blobsMax)) {
      rewrite.abandon();
      return false;
    }
    lock.whileOpen(rewrite::finish);
    return true;
  }

  private @Nullable LogRewrite beginRewrite() {
    return residency.isLogMostlyDead()
        ? new LogRewrite(parts.disk(), parts.log(), parts.index())
        : null;
  }
}
