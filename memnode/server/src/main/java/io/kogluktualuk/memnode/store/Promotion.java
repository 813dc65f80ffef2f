package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.MemoryStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// Brings some spilled blobs back to memory: lends them room, copies, verifies the copies, shows
/// them.
///
/// **Threading:** one thread; what says *under the lock*, under the store's.
/// **Bound:** [#bytesMax] bytes, or one blob.
final class Promotion {

  private final MemoryTier tier;
  private final Regions regions;
  private final BlobIndex index;
  private final long bytesMax;

  /// A blob that is being copied.
  private record Copy(int ordinal, Hash hash, BlobLocation from, BlobLocation to) {}

  private final List<Copy> copies = new ArrayList<>();
  private String lack = "";
  private final List<Copy> damaged = new ArrayList<>();

  Promotion(MemoryTier tier, Regions regions, BlobIndex index) {
    this.tier = tier;
    this.regions = regions;
    this.index = index;
    // A share of the tier, so that who comes first still finds its blobs there.
    this.bytesMax = tier.capacityBytes() / 4;
  }

  /// Chooses those that are spilled, and lends them room, under the lock.
  ///
  /// @return false when some are spilled and there is room for none of them now
  boolean choose(List<Hash> hashes) {
    BlobTable table = index.table();
    long bytes = 0;
    for (Hash hash : hashes.stream().distinct().toList()) {
      int ordinal = index.ordinal(hash);
      if (ordinal == BlobTable.NONE || table.isInMemory(ordinal)) {
        continue;
      }
      bytes += table.length(ordinal);
      BlobLocation to =
          copies.isEmpty() || bytes <= bytesMax ? tier.lend(table.length(ordinal)) : null;
      if (to == null) {
        lack = lack(hash, table.length(ordinal));
        return !copies.isEmpty();
      }
      copies.add(new Copy(ordinal, hash, index.location(ordinal), to));
    }
    return true;
  }

  private String lack(Hash hash, int length) {
    MemoryStatus.TierUse use = tier.use();
    return "the memory tier of "
        + use.capacityBytes()
        + " bytes has no room for blob "
        + hash
        + " of "
        + length
        + ": "
        + use.usedBytes()
        + " bytes of it are being filled with others";
  }

  /// Why nothing was chosen.
  OutOfSpace noRoom() {
    return new OutOfSpace(lack);
  }

  /// What there is to do without the lock. Each says whether the copy is intact: one whose blob
  /// is dropped or moved meanwhile may not be.
  List<Callable<Boolean>> tasks() {
    List<Callable<Boolean>> tasks = new ArrayList<>(copies.size());
    for (Copy copy : copies) {
      tasks.add(
          () -> {
            tier.bytes(copy.to()).copyFrom(regions.bytes(copy.from()));
            return Hash.of(tier.bytes(copy.to())).equals(copy.hash());
          });
    }
    return tasks;
  }

  /// Shows the copies that are intact, under the lock.
  ///
  /// @param intact for each of the tasks
  void commit(List<Boolean> intact) {
    for (int i = 0; i < copies.size(); i++) {
      Copy copy = copies.get(i);
      boolean isStillThere =
          index.ordinal(copy.hash()) == copy.ordinal() && !index.table().isInMemory(copy.ordinal());
      if (isStillThere && intact.get(i)) {
        tier.promote(copy.ordinal(), copy.hash(), copy.to());
      } else {
        tier.release(copy.to());
        damaged.addAll(intact.get(i) ? List.of() : List.of(copy));
      }
    }
    copies.clear();
  }

  /// Gives all room back, under the lock, when the tasks could not be done.
  void abandon() {
    copies.forEach(copy -> tier.release(copy.to()));
    copies.clear();
  }

  /// Blobs whose bytes were others where they were read from.
  List<SealedBlob> damaged() {
    return damaged.stream().map(copy -> new SealedBlob(copy.hash(), copy.from())).toList();
  }
}
