package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.IndexLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The writing side of the index whose layout is [IndexLayout].
///
/// An entry is made in two steps: [#claim] finds a slot and keeps it, [#publish] makes the entry
/// visible. Between them the blob is written to the log, so that nothing is visible that a restart
/// would not bring back.
///
/// **Threading:** one thread at a time; [MemoryStore] holds its lock. Peers read without any.
/// **Ownership:** the segment is lent.
/// **Bound:** [#blobsMax] entries. A claim beyond, or one that finds no room within reach, fails.
final class BlobIndex {

  /// No slot.
  static final long NONE = -1;

  /// How far from its home a free slot is looked for, before it is moved into reach: ten times the
  /// longest distance seen at the load this index allows.
  private static final int SCAN_SLOTS_MAX = 1024;

  private static final ValueLayout.OfInt BE_INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);

  private final MemorySegment index;
  private final long homes;
  private final long blobsMax;

  /// Slots that hold an entry or are claimed.
  private final BitSet taken;

  private long entries;
  private long sequence;

  /// @param index all zeros
  BlobIndex(MemorySegment index, long blobsMax) {
    this.index = index;
    this.blobsMax = blobsMax;
    this.homes = homesFor(blobsMax);
    this.taken = new BitSet((int) IndexLayout.slots(homes));
  }

  /// Twice the blobs: at that load an insertion does not fail, see [IndexLayout].
  static long homesFor(long blobsMax) {
    return Math.max(IndexLayout.PROBES, 2 * blobsMax);
  }

  long homes() {
    return homes;
  }

  long blobsMax() {
    return blobsMax;
  }

  /// Entries and claims.
  long entries() {
    return entries;
  }

  @Nullable BlobLocation find(Hash hash) {
    long at = IndexLayout.home(hash, homes) * IndexLayout.ENTRY_BYTES;
    return IndexLayout.find(index.asSlice(at, IndexLayout.PROBE_BYTES), hash);
  }

  /// Hashes that begin with these hex digits, as a reader without the lock sees them: an entry that
  /// is being written or moved may be missed or be nonsense.
  ///
  /// @param digits at least 8
  Stream<Hash> candidates(String digits) {
    int start = Integer.parseUnsignedInt(digits, 0, Integer.BYTES * 2, 16);
    return LongStream.range(0, IndexLayout.slots(homes))
        .filter(slot -> IndexLayout.sequence(index, slot) != 0)
        .map(slot -> slot * IndexLayout.ENTRY_BYTES + IndexLayout.HASH_OFFSET)
        .filter(at -> index.get(BE_INT, at) == start)
        .mapToObj(at -> Hash.read(index, at))
        .filter(hash -> hash.toHex().startsWith(digits))
        .distinct();
  }

  /// Keeps a slot for a hash that is not in the index.
  ///
  /// @return the slot, or [#NONE] when the index is full
  long claim(Hash hash) {
    if (entries >= blobsMax) {
      return NONE;
    }
    int home = (int) IndexLayout.home(hash, homes);
    int free = taken.nextClearBit(home);
    if (free >= IndexLayout.slots(homes) || free - home > SCAN_SLOTS_MAX) {
      return NONE;
    }
    while (free - home >= IndexLayout.PROBES) {
      int nearer = moveInto(free);
      if (nearer < 0) {
        return NONE;
      }
      free = nearer;
    }
    taken.set(free);
    entries++;
    return free;
  }

  /// Moves an entry from an earlier slot into a free one, and so frees the earlier slot.
  private int moveInto(int free) {
    for (int slot = free - IndexLayout.PROBES + 1; slot < free; slot++) {
      long at = (long) slot * IndexLayout.ENTRY_BYTES;
      if (IndexLayout.sequence(index, slot) == 0) {
        continue; // claimed, not yet published
      }
      Hash hash = Hash.read(index, at + IndexLayout.HASH_OFFSET);
      if (free - IndexLayout.home(hash, homes) < IndexLayout.PROBES) {
        BlobLocation location = find(hash);
        if (location != null) {
          taken.set(free);
          publish(free, hash, location);
          IndexLayout.publish(index, slot, 0);
          taken.clear(slot);
          return slot;
        }
      }
    }
    return (int) NONE;
  }

  /// Makes the entry of a claimed slot visible.
  void publish(long slot, Hash hash, BlobLocation location) {
    sequence++;
    IndexLayout.prepare(index, slot, hash, location, sequence);
    IndexLayout.publish(index, slot, sequence);
  }

  /// Gives a claimed slot back.
  void abandon(long slot) {
    taken.clear((int) slot);
    entries--;
  }
}
