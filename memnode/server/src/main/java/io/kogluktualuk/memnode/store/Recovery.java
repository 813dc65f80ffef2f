package io.kogluktualuk.memnode.store;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/// Finds out at a start which blobs are there.
///
/// First the log is read from its beginning to its end and each record done to index and table;
/// nothing is kept but these. Then each blob's extent is lent. After the *machine* stopped
/// without an orderly close any page may be an old one, and after a damaged record any blob may
/// have been dropped or moved without our knowing; so then every blob is hashed. Otherwise the
/// kernel kept all writes, and hashing gigabytes would only delay the start: readers verify
/// anyway.
///
/// **Threading:** one thread, before anybody else sees the store.
final class Recovery {

  /// How many blobs are hashed at once: bounds memory, keeps all cores busy.
  private static final int BATCH = 1024;

  private final Regions regions;
  private final BlobIndex index;
  private final BlobTable table;
  private final Verifiers verifiers;
  private final Consumer<LostBlob> lost;
  private final boolean isSpilled;
  private long dropped;

  /// @param isSpilled whether all blobs are in a file tier that peers do not see
  /// @param lost hears which blobs were logged and are not there
  Recovery(
      Regions regions,
      BlobIndex index,
      Verifiers verifiers,
      boolean isSpilled,
      Consumer<LostBlob> lost) {
    this.regions = regions;
    this.index = index;
    this.table = index.table();
    this.verifiers = verifiers;
    this.isSpilled = isSpilled;
    this.lost = lost;
  }

  /// Fills index and table, and claims the extents of all good blobs.
  ///
  /// @return how many others the log named, or could not name because it is damaged
  long run(SealLog log, boolean verify) {
    long damaged = log.load(new LogReplay(index, isSpilled));
    if (verify || damaged > 0 || !claimAll()) {
      regions.releaseAll();
      claimIntact();
    }
    return damaged + dropped;
  }

  /// @return false when the log contradicts itself
  private boolean claimAll() {
    for (int ordinal = 0; ordinal < table.limit(); ordinal++) {
      if (table.isPresent(ordinal) && !regions.claim(index.location(ordinal))) {
        return false;
      }
    }
    return true;
  }

  private void claimIntact() {
    List<Integer> batch = new ArrayList<>(BATCH);
    for (int ordinal = 0; ordinal < table.limit(); ordinal++) {
      if (!table.isPresent(ordinal)) {
        continue;
      }
      if (regions.isWithin(index.location(ordinal))) {
        batch.add(ordinal);
      } else {
        drop(ordinal);
      }
      if (batch.size() == BATCH) {
        claimIntact(batch);
        batch.clear();
      }
    }
    claimIntact(batch);
  }

  private void claimIntact(List<Integer> batch) {
    List<SealedBlob> blobs =
        batch.stream().map(o -> new SealedBlob(index.hash(o), index.location(o))).toList();
    BitSet good = verifiers.verify(blobs);
    for (int i = 0; i < batch.size(); i++) {
      int ordinal = batch.get(i);
      if (!good.get(i)) {
        drop(ordinal);
      } else if (!regions.claim(index.location(ordinal))) {
        resolve(ordinal);
      }
    }
  }

  /// Two blobs whose bytes are both there, one within the other: a record of the older one's end
  /// was damaged. The newer one stays.
  private void resolve(int ordinal) {
    Extent wanted = Extent.of(index.location(ordinal));
    for (int other = 0; other < ordinal; other++) {
      if (table.isPresent(other) && Extent.of(index.location(other)).overlaps(wanted)) {
        if (table.record(other) > table.record(ordinal)) {
          drop(ordinal);
          return;
        }
        regions.release(Extent.of(index.location(other)));
        drop(other);
      }
    }
    if (!regions.claim(index.location(ordinal))) {
      drop(ordinal);
    }
  }

  private void drop(int ordinal) {
    lost.accept(LostBlob.of(ordinal, index));
    index.remove(ordinal);
    dropped++;
  }
}
