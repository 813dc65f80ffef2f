package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.hash.Hash;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// The index of a memory node as peers read it, one-sidedly.
///
/// A hopscotch table [1]. A hash has a home slot; its entry lies in the home slot or one of the
/// [#PROBES]` - 1` slots after it, so ONE read of [#PROBE_BYTES] finds it or shows that it is not
/// there. Behind the last home slot lie `PROBES - 1` more slots, so that no neighbourhood wraps.
/// Linear probing with the same bound overflows at a quarter of the load; two choices need two
/// reads; both were rejected. With 16 probes the table takes entries until it is 0.6 to 0.8 full
/// (measured up to a million slots); it is made twice as large as the blobs it promises.
///
/// ```
///   0         8        16        24        32    36    40        48        56        64
///   +---------+---------+---------+---------+-----+-----+---------+---------+---------+
///   | hash                                  |regn |lngth| offset  |sequence |  check  |
///   +---------+---------+---------+---------+-----+-----+---------+---------+---------+
///     32 bytes, as in the blob's name         u32   u32   u64       u64       u64
/// ```
///
/// `regn` is the number of a region, 0 to 1023; or 1024, and `offset` 0, of a blob that the node
/// has in its file tier only: *spilled* ([BlobLocation#isSpilled]). Greater numbers are reserved:
/// an entry with one is no entry.
///
/// ```
///   regn  0 ........ 1023   1024      1025 ........ 2^32 - 1
///         | region        | spilled | reserved              |
/// ```
///
/// An index that is longer than a region consists of several tables of the same size, its
/// segments, each a region by itself. One word of the hash says which segment, another which home
/// slot in it.
///
/// Numbers are little endian. A slot whose sequence is 0 is empty. The owner writes the sequence
/// last, with release order; a peer's read is not in the Java memory model, so the check word (a
/// mixture of the other seven) tells a torn entry from a whole one. Whoever then reads the blob
/// verifies its hash: a wrong entry costs a second look, never wrong data. When the second look
/// finds the very same entry, sequence and all, the bytes are damaged; otherwise the blob has been
/// moved or dropped meanwhile ([IndexEntry]).
///
/// While an entry is moved to make room it is for a moment in two slots, and a reader that copies
/// the slots in an unlucky order may see it in neither. So *not there* is a hint: before a blob
/// is declared missing the node is asked by [MemoryCalls#LOCATE].
///
/// [1] M. Herlihy, N. Shavit, M. Tzafrir: Hopscotch Hashing. DISC 2008.
public final class IndexLayout {

  public static final int HASH_OFFSET = 0;
  public static final int REGION_OFFSET = HASH_OFFSET + Hash.BYTES;
  public static final int LENGTH_OFFSET = REGION_OFFSET + Integer.BYTES;
  public static final int OFFSET_OFFSET = LENGTH_OFFSET + Integer.BYTES;
  public static final int SEQUENCE_OFFSET = OFFSET_OFFSET + Long.BYTES;
  public static final int CHECK_OFFSET = SEQUENCE_OFFSET + Long.BYTES;

  /// One cache line.
  public static final int ENTRY_BYTES = CHECK_OFFSET + Long.BYTES;

  /// How many slots an entry may lie in.
  public static final int PROBES = 16;

  /// What one look-up reads.
  public static final int PROBE_BYTES = PROBES * ENTRY_BYTES;

  /// The most home slots of a segment, so that it is one region.
  public static final long HOMES_MAX = (1L << 24) - PROBES;

  /// The most segments: 64 GiB, for half a billion blobs.
  public static final int SEGMENTS_MAX = 64;

  private static final ValueLayout.OfInt LE_INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE_LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE_LONG_UNALIGNED =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LE_INT_UNALIGNED =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle SEQUENCE = LE_LONG.varHandle();

  private IndexLayout() {}

  /// The slots of a segment with so many home slots.
  public static long slots(long homes) {
    return homes + PROBES - 1;
  }

  /// The bytes of a segment with so many home slots.
  public static long indexBytes(long homes) {
    return slots(homes) * ENTRY_BYTES;
  }

  /// The segment of a hash.
  public static int segment(Hash hash, int segments) {
    return (int) Math.unsignedMultiplyHigh(hash.word(2), segments);
  }

  /// The home slot of a hash in its segment: where its [#PROBE_BYTES] begin, in slots.
  public static long home(Hash hash, long homes) {
    return Math.unsignedMultiplyHigh(hash.word(1), homes);
  }

  /// Finds a hash among the slots that were read from its home on.
  ///
  /// @param probes a copy of [#PROBE_BYTES] of an index, of any origin
  /// @return what the entry says, or null when no whole entry has that hash
  public static @Nullable IndexEntry find(MemorySegment probes, Hash hash) {
    for (int probe = 0; probe < PROBES; probe++) {
      long at = (long) probe * ENTRY_BYTES;
      long sequence = probes.get(LE_LONG_UNALIGNED, at + SEQUENCE_OFFSET);
      if (sequence != 0
          && probes.get(LE_LONG_UNALIGNED, at + HASH_OFFSET) == Long.reverseBytes(hash.word(0))
          && Hash.read(probes, at + HASH_OFFSET).equals(hash)) {
        BlobLocation location = locationAt(probes, at);
        if (location != null) {
          return new IndexEntry(location, sequence);
        }
      }
    }
    return null;
  }

  /// The location of a whole entry; null for a torn or impossible one.
  ///
  /// @param at where the entry begins, in bytes
  public static @Nullable BlobLocation locationAt(MemorySegment index, long at) {
    int region = index.get(LE_INT_UNALIGNED, at + REGION_OFFSET);
    int length = index.get(LE_INT_UNALIGNED, at + LENGTH_OFFSET);
    long offset = index.get(LE_LONG_UNALIGNED, at + OFFSET_OFFSET);
    boolean whole = check(index, at) == index.get(LE_LONG_UNALIGNED, at + CHECK_OFFSET);
    boolean possible =
        region >= 0
            && region <= BlobLocation.SPILLED_REGION
            && length >= 0
            && length <= Blob.LENGTH_MAX
            && offset >= 0
            && offset <= BlobLocation.offsetMax(region, length);
    return whole && possible ? new BlobLocation(region, offset, length) : null;
  }

  /// Writes everything but the sequence, which [#publish] writes last.
  ///
  /// @param index the owner's mapping, aligned to the entries
  /// @param at where the entry begins, in bytes
  public static void prepare(
      MemorySegment index, long at, Hash hash, BlobLocation location, long sequence) {
    hash.write(index, at + HASH_OFFSET);
    index.set(LE_INT, at + REGION_OFFSET, location.region());
    index.set(LE_INT, at + LENGTH_OFFSET, location.length());
    index.set(LE_LONG, at + OFFSET_OFFSET, location.offset());
    index.set(LE_LONG, at + CHECK_OFFSET, check(index, at, sequence));
  }

  /// Makes a prepared entry visible. Release order: whoever sees the sequence sees the entry.
  public static void publish(MemorySegment index, long at, long sequence) {
    SEQUENCE.setRelease(index, at + SEQUENCE_OFFSET, sequence);
  }

  /// The sequence of the entry that begins there; 0 when the slot is empty.
  public static long sequence(MemorySegment index, long at) {
    return (long) SEQUENCE.getAcquire(index, at + SEQUENCE_OFFSET);
  }

  private static long check(MemorySegment index, long at) {
    return check(index, at, index.get(LE_LONG_UNALIGNED, at + SEQUENCE_OFFSET));
  }

  /// A mixture of seven words (multiply and fold, as in MurmurHash's finisher): it must notice an
  /// entry of which some words are old, not an adversary.
  private static long check(MemorySegment index, long at, long sequence) {
    long mixed = 0x9E37_79B9_7F4A_7C15L ^ sequence;
    for (int word = 0; word < SEQUENCE_OFFSET; word += Long.BYTES) {
      mixed ^= index.get(LE_LONG_UNALIGNED, at + word);
      mixed *= 0xFF51_AFD7_ED55_8CCDL;
      mixed ^= mixed >>> 32;
    }
    return mixed;
  }
}
