package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Moves blobs towards the low end of the regions, so that free parts become one.
///
/// All blobs together would fit below a *boundary*, as many bytes from the beginning as are lent.
/// A blob that lies behind it is copied to the first room before it; once the copy is verified,
/// logged, shown and on the device, its former place is free. Before that it must not be: a
/// machine that stops may have kept the old record only. Who reads the former place afterwards
/// notices by the hash, and looks again.
///
/// Each blob is moved at most once while none come or go. When a pass over all blobs has moved
/// none, every free part before the boundary is smaller than each blob behind it, and the rest is
/// free.
///
/// **Threading:** one thread; what says *under the lock*, under the store's. **Bound:**
/// [#BLOBS_MAX] blobs at a time.
final class Relocation {

  /// At 4 MiB each, a quarter of a gigabyte between two looks at whether it is still wanted.
  static final int BLOBS_MAX = 64;

  /// So many ordinals are looked at in about two milliseconds.
  private static final int LOOKS_MAX = 1 << 16;

  private final Regions regions;
  private final BlobIndex index;
  private int cursor;

  /// A blob that is being moved.
  private record Move(int ordinal, Hash hash, BlobLocation from, BlobLocation to) {}

  private final List<Move> moves = new ArrayList<>();
  private final List<BlobLocation> unused = new ArrayList<>();

  Relocation(Regions regions, BlobIndex index) {
    this.regions = regions;
    this.index = index;
  }

  /// Chooses the next blobs and lends their new places, under the lock.
  ///
  /// @return how many
  int choose() {
    BlobTable table = index.table();
    long boundary = regions.lentBytes();
    int looks = Math.min(table.limit(), LOOKS_MAX);
    for (int look = 0; look < looks && moves.size() < BLOBS_MAX; look++) {
      cursor = cursor + 1 < table.limit() ? cursor + 1 : 0;
      if (table.isPresent(cursor)) {
        BlobLocation from = index.location(cursor);
        BlobLocation to = regions.lendBelow(from, boundary);
        if (to != null) {
          moves.add(new Move(cursor, index.hash(cursor), from, to));
        }
      }
    }
    return moves.size();
  }

  /// Copies what was chosen, without the lock: a place that somebody drops and another gets
  /// meanwhile gives other bytes, which are not used.
  void copy() {
    moves.removeIf(
        move -> {
          byte[] bytes = regions.bytes(move.from()).toArray(ValueLayout.JAVA_BYTE);
          boolean isIntact = Hash.of(bytes).equals(move.hash());
          if (isIntact) {
            regions.write(move.to(), 0, bytes, bytes.length);
          } else {
            unused.add(move.to());
          }
          return !isIntact;
        });
  }

  /// Logs and shows the new places, under the lock.
  ///
  /// @return how many
  int commit(Residency residency) {
    int moved = 0;
    for (Move move : moves) {
      boolean isStillThere =
          index.ordinal(move.hash()) == move.ordinal()
              && index.location(move.ordinal()).equals(move.from());
      if (isStillThere) {
        residency.move(move.ordinal(), move.hash(), move.to());
        unused.add(move.from());
        moved++;
      } else {
        unused.add(move.to());
      }
    }
    moves.clear();
    return moved;
  }

  /// Frees the former places, under the lock, after a sync.
  void free() {
    unused.forEach(place -> regions.release(Extent.of(place)));
    unused.clear();
  }
}
