package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.IndexLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The writing side of the index whose layout is [IndexLayout].
///
/// An entry is made in two steps: [#claim] finds a slot and an ordinal and keeps them, [#publish]
/// makes the entry visible. Between them the blob is written to the log, so that nothing is
/// visible that a restart would not bring back. An array beside the index, which no peer sees,
/// says which ordinal an entry belongs to; it moves with the entries.
///
/// Slots are numbered through all segments.
///
/// **Threading:** one thread at a time; under the [StoreLock]. Peers read without any.
/// **Ownership:** the segments are lent.
/// **Bound:** [#blobsMax] entries. A claim beyond, or one that finds no room within reach, fails.
final class BlobIndex {

  /// How far from its home a free slot is looked for, before it is moved into reach: ten times
  /// the longest distance seen at the load this index allows.
  private static final int SCAN_SLOTS_MAX = 1024;

  private static final long NO_SLOT = -1;

  private static final ValueLayout.OfInt BE_INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong BE_LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);

  private final IndexShape shape;
  private final MemorySegment index;

  /// For each slot the ordinal plus 1; 0 when the slot is free.
  private final MemorySegment ordinals;

  private final BlobTable table;
  private final long blobsMax;

  private long entries;
  private long sequence;

  /// @param index all zeros, as long as the shape says
  /// @param ordinals all zeros, [#ordinalBytes] long
  BlobIndex(
      IndexShape shape,
      MemorySegment index,
      MemorySegment ordinals,
      BlobTable table,
      long blobsMax) {
    this.shape = shape;
    this.index = index;
    this.ordinals = ordinals;
    this.table = table;
    this.blobsMax = blobsMax;
  }

  static long ordinalBytes(IndexShape shape) {
    return shape.slotsOfAll() * Integer.BYTES;
  }

  IndexShape shape() {
    return shape;
  }

  BlobTable table() {
    return table;
  }

  long blobsMax() {
    return blobsMax;
  }

  /// Entries and claims.
  long entries() {
    return entries;
  }

  /// The ordinal of a visible entry, or [BlobTable#NONE].
  int ordinal(Hash hash) {
    long home = home(hash);
    for (long slot = home; slot < home + IndexLayout.PROBES; slot++) {
      int ordinal = ordinalAt(slot);
      if (ordinal != BlobTable.NONE
          && index.get(BE_LONG, at(slot)) == hash.word(0)
          && table.isPresent(ordinal)
          && hashAt(slot).equals(hash)) {
        return ordinal;
      }
    }
    return BlobTable.NONE;
  }

  /// What the index says of a hash, or null.
  @Nullable BlobLocation find(Hash hash) {
    int ordinal = ordinal(hash);
    return ordinal == BlobTable.NONE ? null : shown(ordinal);
  }

  /// The hash of a visible entry.
  Hash hash(int ordinal) {
    return hashAt(table.slot(ordinal));
  }

  /// Where the file tier has the blob of a visible entry. With one tier the entry says so too.
  BlobLocation location(int ordinal) {
    return table.fileLocation(ordinal);
  }

  /// What a visible entry says.
  BlobLocation shown(int ordinal) {
    return locationAt(table.slot(ordinal));
  }

  private BlobLocation locationAt(long slot) {
    return Objects.requireNonNull(
        IndexLayout.locationAt(index, at(slot)), "the owner's index is whole");
  }

  /// Hashes that begin with these hex digits, as a reader without the lock sees them: an entry
  /// that is being written or moved may be missed or be nonsense.
  ///
  /// @param digits at least 8
  Stream<Hash> candidates(String digits) {
    int start = Integer.parseUnsignedInt(digits, 0, Integer.BYTES * 2, 16);
    return LongStream.range(0, shape.slotsOfAll())
        .filter(slot -> IndexLayout.sequence(index, at(slot)) != 0)
        .filter(slot -> index.get(BE_INT, at(slot)) == start)
        .mapToObj(this::hashAt)
        .filter(hash -> hash.toHex().startsWith(digits))
        .distinct();
  }

  /// Keeps a slot and an ordinal for a hash that is not in the index.
  ///
  /// @return the ordinal, or [BlobTable#NONE] when the index is full
  int claim(Hash hash) {
    if (entries >= blobsMax) {
      return BlobTable.NONE;
    }
    long home = home(hash);
    long free = nextFree(home);
    while (free != NO_SLOT && free - home >= IndexLayout.PROBES) {
      free = moveInto(free);
    }
    int ordinal = free == NO_SLOT ? BlobTable.NONE : table.take(free);
    if (ordinal != BlobTable.NONE) {
      setOrdinal(free, ordinal);
      entries++;
    }
    return ordinal;
  }

  private long nextFree(long home) {
    long end = home - home % shape.slots() + shape.slots();
    long last = Math.min(end, home + SCAN_SLOTS_MAX);
    for (long slot = home; slot < last; slot++) {
      if (ordinalAt(slot) == BlobTable.NONE) {
        return slot;
      }
    }
    return NO_SLOT;
  }

  /// Moves an entry from an earlier slot into a free one, and so frees the earlier slot.
  private long moveInto(long free) {
    for (long slot = free - IndexLayout.PROBES + 1; slot < free; slot++) {
      int ordinal = ordinalAt(slot);
      if (!table.isPresent(ordinal)) {
        continue; // claimed, not yet published
      }
      Hash hash = hashAt(slot);
      if (free - home(hash) < IndexLayout.PROBES) {
        BlobLocation location = locationAt(slot);
        setOrdinal(free, ordinal);
        table.setSlot(ordinal, free);
        publish(ordinal, hash, location);
        clear(slot);
        return slot;
      }
    }
    return NO_SLOT;
  }

  /// Makes the entry of an ordinal visible, or changes where it says that the blob lies.
  void publish(int ordinal, Hash hash, BlobLocation location) {
    sequence++;
    long at = at(table.slot(ordinal));
    IndexLayout.prepare(index, at, hash, location, sequence);
    IndexLayout.publish(index, at, sequence);
  }

  /// Gives a claim back.
  void abandon(int ordinal) {
    setOrdinal(table.slot(ordinal), BlobTable.NONE);
    table.giveBack(ordinal);
    entries--;
  }

  /// Takes an entry out, and its ordinal back.
  void remove(int ordinal) {
    clear(table.slot(ordinal));
    table.giveBack(ordinal);
    entries--;
  }

  private void clear(long slot) {
    IndexLayout.publish(index, at(slot), 0);
    setOrdinal(slot, BlobTable.NONE);
  }

  private long home(Hash hash) {
    int segment = IndexLayout.segment(hash, shape.segments());
    return segment * shape.slots() + IndexLayout.home(hash, shape.homes());
  }

  private long at(long slot) {
    long segment = slot / shape.slots();
    return segment * shape.strideBytes() + slot % shape.slots() * IndexLayout.ENTRY_BYTES;
  }

  private Hash hashAt(long slot) {
    return Hash.read(index, at(slot) + IndexLayout.HASH_OFFSET);
  }

  private int ordinalAt(long slot) {
    return ordinals.get(ValueLayout.JAVA_INT, slot * Integer.BYTES) - 1;
  }

  private void setOrdinal(long slot, int ordinal) {
    ordinals.set(ValueLayout.JAVA_INT, slot * Integer.BYTES, ordinal + 1);
  }
}
