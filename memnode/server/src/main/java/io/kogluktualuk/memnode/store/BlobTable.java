package io.kogluktualuk.memnode.store;

import io.kogluktualuk.memnode.api.BlobLocation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// What a node knows of each blob, off the heap: one record of 48 bytes, addressed by the blob's
/// *ordinal*. A blob keeps its ordinal until it is dropped; then another blob may get it.
///
/// ```
///   0         4         8                   16                  24        28        32
///   +---------+---------+-------------------+-------------------+---------+---------+
///   | slot    | length  | memory            | file              | sealed  | pinned  |
///   +---------+---------+-------------------+-------------------+---------+---------+
///     u32       u32       u64                 u64                 u32       u32
///   32        34        36        38    39     40    41    42    44        48
///   +---------+---------+---------+------+------+-----+-----+----+---------+
///   | account | holds   | class   | cost | uses | state |  0 | policy  |
///   +---------+---------+---------+------+------+-----+-----+----+---------+
///     u16       u16       u8 (36)   u8 (37) u8 (38) u8 (39)  u32 (40)  u32 (44)
/// ```
///
/// `slot` is where the index has the blob; in a record that is free, the next free one plus 1.
/// `memory` and `file` are the blob's places ([Place]) in the two tiers. `sealed` is in seconds
/// since 1970, `pinned` the generation of the last mark that reached it, 0 for none. `holds`,
/// `uses` and `policy` are kept by whoever decides about retention, and are gone after a restart;
/// the rest comes back from the log. `record` (40) is the number of the blob's newest record in
/// the log.
///
/// `state` (39):
///
/// ```
///   7        6          2 1     0
///   +--------+-----------+-------+
///   | recent |     0     | state |   0 free, 1 claimed, 2 present
///   +--------+-----------+-------+
/// ```
///
/// `recent` says that the blob has been used since the memory tier last looked ([SpillQueue]).
///
/// **Threading:** under the store's lock. **Ownership:** the memory is lent.
/// **Bound:** as many records as the settings say, from the start on.
public final class BlobTable {

  static final int SLOT_OFFSET = 0;
  static final int LENGTH_OFFSET = SLOT_OFFSET + Integer.BYTES;
  static final int MEMORY_OFFSET = LENGTH_OFFSET + Integer.BYTES;
  static final int FILE_OFFSET = MEMORY_OFFSET + Long.BYTES;
  static final int SEALED_OFFSET = FILE_OFFSET + Long.BYTES;
  static final int PINNED_OFFSET = SEALED_OFFSET + Integer.BYTES;
  static final int ACCOUNT_OFFSET = PINNED_OFFSET + Integer.BYTES;
  static final int HOLDS_OFFSET = ACCOUNT_OFFSET + Short.BYTES;
  static final int CLASS_OFFSET = HOLDS_OFFSET + Short.BYTES;
  static final int COST_OFFSET = CLASS_OFFSET + Byte.BYTES;
  static final int USES_OFFSET = COST_OFFSET + Byte.BYTES;
  static final int STATE_OFFSET = USES_OFFSET + Byte.BYTES;
  static final int RECORD_OFFSET = STATE_OFFSET + Byte.BYTES;
  static final int POLICY_OFFSET = RECORD_OFFSET + Integer.BYTES;
  static final int BYTES = POLICY_OFFSET + Integer.BYTES;

  /// No blob has this ordinal.
  public static final int NONE = -1;

  /// The most holds that a blob can have.
  public static final int HOLDS_MAX = 0xFFFF;

  /// The most uses that are counted.
  public static final int USES_MAX = 0xFF;

  private static final int FREE = 0;
  private static final int CLAIMED = 1;
  private static final int PRESENT = 2;
  private static final int STATE_MASK = 3;
  private static final int RECENT = 0x80;

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort LE_SHORT =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LE_INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE_LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment records;
  private final int capacity;
  private int limit;
  private int nextFree = NONE;

  /// @param records all zeros, [#bytesFor] long
  BlobTable(MemorySegment records, int capacity) {
    this.records = records;
    this.capacity = capacity;
  }

  static long bytesFor(long blobs) {
    return blobs * BYTES;
  }

  /// All ordinals will ever be below this.
  public int capacity() {
    return capacity;
  }

  /// All ordinals are below this now.
  public int limit() {
    return limit;
  }

  /// Whether a blob has this ordinal.
  public boolean isPresent(int ordinal) {
    return ordinal >= 0 && ordinal < limit && state(ordinal) == PRESENT;
  }

  public int length(int ordinal) {
    return records.get(LE_INT, at(ordinal) + LENGTH_OFFSET);
  }

  /// On what terms the blob is kept.
  public Keep keep(int ordinal) {
    return new Keep(retention(ordinal), cost(ordinal), account(ordinal));
  }

  /// [Keep#SOURCE] or [Keep#DERIVED].
  public int retention(int ordinal) {
    return u8(ordinal, CLASS_OFFSET);
  }

  /// See [CostScale].
  public int cost(int ordinal) {
    return u8(ordinal, COST_OFFSET);
  }

  public int account(int ordinal) {
    return u16(ordinal, ACCOUNT_OFFSET);
  }

  /// Seconds since 1970.
  public long sealedSeconds(int ordinal) {
    return Integer.toUnsignedLong(records.get(LE_INT, at(ordinal) + SEALED_OFFSET));
  }

  /// The generation of the last mark that reached the blob; 0 for none.
  public int pinGeneration(int ordinal) {
    return records.get(LE_INT, at(ordinal) + PINNED_OFFSET);
  }

  /// How many leases hold the blob.
  public int holds(int ordinal) {
    return u16(ordinal, HOLDS_OFFSET);
  }

  /// @param holds 0 to [#HOLDS_MAX]
  public void setHolds(int ordinal, int holds) {
    if (holds < 0 || holds > HOLDS_MAX) {
      throw new IllegalArgumentException("holds " + holds + " are not in 0.." + HOLDS_MAX);
    }
    records.set(LE_SHORT, at(ordinal) + HOLDS_OFFSET, (short) holds);
  }

  public int uses(int ordinal) {
    return u8(ordinal, USES_OFFSET);
  }

  /// More uses than before, or as many, say that the blob has just been used.
  ///
  /// @param uses 0 to [#USES_MAX]
  public void setUses(int ordinal, int uses) {
    if (uses < 0 || uses > USES_MAX) {
      throw new IllegalArgumentException("uses " + uses + " are not in 0.." + USES_MAX);
    }
    if (uses > 0 && uses >= uses(ordinal)) {
      setFlags(ordinal, state(ordinal) | RECENT);
    }
    records.set(BYTE, at(ordinal) + USES_OFFSET, (byte) uses);
  }

  /// Whatever the policy wants to know of the blob; 0 at first.
  public int policy(int ordinal) {
    return records.get(LE_INT, at(ordinal) + POLICY_OFFSET);
  }

  public void setPolicy(int ordinal, int word) {
    records.set(LE_INT, at(ordinal) + POLICY_OFFSET, word);
  }

  /// Whether the memory tier has a copy.
  public boolean isInMemory(int ordinal) {
    return memory(ordinal) != Place.NONE;
  }

  /// Whether the file tier has a copy.
  public boolean isInFile(int ordinal) {
    return file(ordinal) != Place.NONE;
  }

  /// Where the file tier has a blob that is present.
  BlobLocation fileLocation(int ordinal) {
    return Place.location(file(ordinal), length(ordinal));
  }

  /// Where the memory tier has a blob that is in memory.
  BlobLocation memoryLocation(int ordinal) {
    return Place.location(memory(ordinal), length(ordinal));
  }

  /// Whether the blob was used since this was asked last.
  boolean takeRecent(int ordinal) {
    boolean isRecent = (u8(ordinal, STATE_OFFSET) & RECENT) != 0;
    setFlags(ordinal, state(ordinal));
    return isRecent;
  }

  private void setFlags(int ordinal, int flags) {
    records.set(BYTE, at(ordinal) + STATE_OFFSET, (byte) flags);
  }

  /// Takes a free ordinal.
  ///
  /// @return [#NONE] when there is none
  int take(long slot) {
    int ordinal = nextFree;
    if (ordinal != NONE) {
      nextFree = records.get(LE_INT, at(ordinal) + SLOT_OFFSET) - 1;
    } else if (limit < capacity) {
      ordinal = limit++;
    } else {
      return NONE;
    }
    records.asSlice(at(ordinal), BYTES).fill((byte) 0);
    records.set(BYTE, at(ordinal) + STATE_OFFSET, (byte) CLAIMED);
    setSlot(ordinal, slot);
    return ordinal;
  }

  void giveBack(int ordinal) {
    records.set(LE_INT, at(ordinal) + SLOT_OFFSET, nextFree + 1);
    records.set(BYTE, at(ordinal) + STATE_OFFSET, (byte) FREE);
    nextFree = ordinal;
  }

  /// Writes down a blob that has just been logged.
  void fill(int ordinal, BlobRecord record) {
    long at = at(ordinal);
    records.set(LE_INT, at + LENGTH_OFFSET, record.length());
    records.set(LE_LONG, at + MEMORY_OFFSET, Place.NONE);
    records.set(LE_LONG, at + FILE_OFFSET, record.place());
    records.set(LE_INT, at + SEALED_OFFSET, (int) record.sealedSeconds());
    records.set(BYTE, at + STATE_OFFSET, (byte) PRESENT);
    setKeep(ordinal, record.keep());
  }

  void setKeep(int ordinal, Keep keep) {
    long at = at(ordinal);
    records.set(LE_SHORT, at + ACCOUNT_OFFSET, (short) keep.account());
    records.set(BYTE, at + CLASS_OFFSET, (byte) keep.retention());
    records.set(BYTE, at + COST_OFFSET, (byte) keep.cost());
  }

  void setPinGeneration(int ordinal, int generation) {
    records.set(LE_INT, at(ordinal) + PINNED_OFFSET, generation);
  }

  long slot(int ordinal) {
    return Integer.toUnsignedLong(records.get(LE_INT, at(ordinal) + SLOT_OFFSET));
  }

  void setSlot(int ordinal, long slot) {
    records.set(LE_INT, at(ordinal) + SLOT_OFFSET, (int) slot);
  }

  long memory(int ordinal) {
    return records.get(LE_LONG, at(ordinal) + MEMORY_OFFSET);
  }

  void setMemory(int ordinal, long place) {
    records.set(LE_LONG, at(ordinal) + MEMORY_OFFSET, place);
  }

  long file(int ordinal) {
    return records.get(LE_LONG, at(ordinal) + FILE_OFFSET);
  }

  void setFile(int ordinal, long place) {
    records.set(LE_LONG, at(ordinal) + FILE_OFFSET, place);
  }

  long record(int ordinal) {
    return Integer.toUnsignedLong(records.get(LE_INT, at(ordinal) + RECORD_OFFSET));
  }

  void setRecord(int ordinal, long number) {
    records.set(LE_INT, at(ordinal) + RECORD_OFFSET, (int) number);
  }

  private int state(int ordinal) {
    return u8(ordinal, STATE_OFFSET) & STATE_MASK;
  }

  private int u8(int ordinal, int offset) {
    return Byte.toUnsignedInt(records.get(BYTE, at(ordinal) + offset));
  }

  private int u16(int ordinal, int offset) {
    return Short.toUnsignedInt(records.get(LE_SHORT, at(ordinal) + offset));
  }

  private static long at(int ordinal) {
    return (long) ordinal * BYTES;
  }
}
