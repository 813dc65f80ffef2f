package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.MemoryStatus;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The memory tier of a store with two: copies of blobs, for peers to read. The file tier has
/// every blob, so a copy can be taken away at any time (*spilled*), whatever the blob's terms
/// are, and is: when another blob needs the room, of those that were not used lately the one that
/// has been there longest ([SpillQueue]). Who reads the former place afterwards notices by the
/// hash.
///
/// **Threading:** [#bytes] and [#regions] any thread; the rest one thread at a time,
/// under the [StoreLock]. **Ownership:** owns its memory; the index is lent.
/// **Invariant:** an entry of the index says where the copy is, or that it is spilled; each
/// extent is free, of a copy, or of one that is being made. **Bound:** its capacity, taken at the
/// start. [#LOOKS_MAX] blobs are looked at for one.
final class MemoryTier implements AutoCloseable {

  /// A few milliseconds.
  private static final int LOOKS_MAX = 16_384;

  private final MemoryRegions regions;
  private final BlobIndex index;
  private final BlobTable table;
  private final SpillQueue queue;
  private long spilled;
  private long promoted;

  MemoryTier(MemoryRegions regions, BlobIndex index, SpillQueue queue) {
    this.regions = regions;
    this.index = index;
    this.table = index.table();
    this.queue = queue;
  }

  /// Lends room for a copy, and spills others for it.
  ///
  /// @return null when there is none, because all of it is being filled
  @Nullable BlobLocation lend(int length) {
    BlobLocation location = regions.lend(length);
    for (int looks = 0; location == null && looks < LOOKS_MAX; looks++) {
      int ordinal = queue.poll();
      if (ordinal == BlobTable.NONE) {
        return null;
      }
      if (!table.isPresent(ordinal) || !table.isInMemory(ordinal)) {
        continue; // gone in another way
      }
      if (table.takeRecent(ordinal)) {
        queue.add(ordinal);
      } else {
        spill(ordinal);
        location = regions.lend(length);
      }
    }
    return location;
  }

  /// Takes a blob's copy away.
  void spill(int ordinal) {
    index.publish(ordinal, index.hash(ordinal), BlobLocation.spilled(table.length(ordinal)));
    dropped(ordinal);
    spilled++;
  }

  /// A copy has been made of a blob that has none. The caller shows it.
  void admit(int ordinal, BlobLocation copy) {
    table.setMemory(ordinal, Place.of(copy));
    queue.add(ordinal);
  }

  /// The same for a spilled blob; shows it.
  void promote(int ordinal, Hash hash, BlobLocation copy) {
    admit(ordinal, copy);
    index.publish(ordinal, hash, copy);
    promoted++;
  }

  /// A blob is about to go.
  void dropped(int ordinal) {
    if (table.isInMemory(ordinal)) {
      regions.release(table.memoryLocation(ordinal));
      table.setMemory(ordinal, Place.NONE);
    }
  }

  /// Lends room for copies of what is intact of some blobs to be sealed.
  MemoryCopies copiesFor(List<WindowTable.Pending> blobs, BitSet intact) {
    return new MemoryCopies(this, blobs, intact);
  }

  /// A copy is not needed.
  void release(BlobLocation copy) {
    regions.release(copy);
  }

  MemorySegment bytes(BlobLocation copy) {
    return regions.bytes(copy);
  }

  List<RegionFile> regions() {
    return regions.list();
  }

  long capacityBytes() {
    return regions.totalBytes();
  }

  MemoryStatus.TierUse use() {
    return new MemoryStatus.TierUse(
        regions.pages(), regions.totalBytes(), regions.lentBytes(), spilled, promoted);
  }

  @Override
  public void close() {
    regions.close();
  }
}
