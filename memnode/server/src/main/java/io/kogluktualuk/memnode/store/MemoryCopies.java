package io.kogluktualuk.memnode.store;

import io.kogluktualuk.memnode.api.BlobLocation;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The copies in the memory tier of blobs that are being sealed. A blob for whose copy there is no
/// room now is sealed as spilled.
///
/// **Threading:** one thread at a time; all but [#fill] under the store's lock.
final class MemoryCopies {

  private final MemoryTier tier;
  private final List<WindowTable.Pending> blobs;
  private final @Nullable BlobLocation[] places;

  MemoryCopies(MemoryTier tier, List<WindowTable.Pending> blobs, BitSet intact) {
    this.tier = tier;
    this.blobs = blobs;
    this.places = new BlobLocation[blobs.size()];
    for (int i = intact.nextSetBit(0); i >= 0; i = intact.nextSetBit(i + 1)) {
      places[i] = tier.lend(blobs.get(i).location().length());
    }
  }

  /// Makes the copies, from bytes that have been verified and that nobody writes to.
  void fill(Regions file) {
    for (int i = 0; i < places.length; i++) {
      BlobLocation place = places[i];
      if (place != null) {
        tier.bytes(place).copyFrom(file.bytes(blobs.get(i).location()));
      }
    }
  }

  /// A blob is being shown.
  ///
  /// @return where it is to be read
  BlobLocation show(int position, int ordinal, int length) {
    BlobLocation place = places[position];
    if (place == null) {
      return BlobLocation.spilled(length);
    }
    places[position] = null;
    tier.admit(ordinal, place);
    return place;
  }

  /// What was not shown is not needed.
  void giveBackRest() {
    for (int i = 0; i < places.length; i++) {
      BlobLocation place = places[i];
      if (place != null) {
        places[i] = null;
        tier.release(place);
      }
    }
  }
}
