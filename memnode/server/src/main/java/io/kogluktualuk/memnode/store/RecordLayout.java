package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.MemoryCalls;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The layout of one record of [SealLog], little endian.
///
/// ```
///   0         8        16        24        32        40    44    48    52   54 55 56   60    64
///   +---------+---------+---------+---------+---------+-----+-----+-----+----+--+--+----+-----+
///   | hash                                  | place   |lngth|seald|numbr|acct|cl|co|kind| crc |
///   +---------+---------+---------+---------+---------+-----+-----+-----+----+--+--+----+-----+
///     32 bytes                                u64       u32   u32   u32   u16  u8 u8 u32  u32
/// ```
///
/// `number` is the record's position in the log, so that a block that the file system put in the
/// wrong place is not believed. `place` is that of [Place], `sealed` seconds since 1970, `co` the
/// cost on the scale of [CostScale]. `crc` is CRC-32C of the 60 bytes before it.
///
/// A record of kind [#SEALED_FORMERLY] comes from the first version of this log. It has region
/// u32 (32), length u32 (36), offset u64 (40) and number u64 (48), and says nothing of terms.
final class RecordLayout {

  static final int HASH_OFFSET = 0;
  static final int PLACE_OFFSET = HASH_OFFSET + Hash.BYTES;
  static final int LENGTH_OFFSET = PLACE_OFFSET + Long.BYTES;
  static final int SEALED_OFFSET = LENGTH_OFFSET + Integer.BYTES;
  static final int NUMBER_OFFSET = SEALED_OFFSET + Integer.BYTES;
  static final int ACCOUNT_OFFSET = NUMBER_OFFSET + Integer.BYTES;
  static final int CLASS_OFFSET = ACCOUNT_OFFSET + Short.BYTES;
  static final int COST_OFFSET = CLASS_OFFSET + Byte.BYTES;
  static final int KIND_OFFSET = COST_OFFSET + Byte.BYTES;
  static final int CRC_OFFSET = KIND_OFFSET + Integer.BYTES;
  static final int BYTES = CRC_OFFSET + Integer.BYTES;

  /// `SEAL` in ASCII.
  static final int SEALED_FORMERLY = 0x4C41_4553;

  /// `KEEP`, `DROP` and `PINS` in ASCII.
  static final int SEALED = 0x5045_454B;

  static final int DROPPED = 0x504F_5244;
  static final int PINNED = 0x534E_4950;

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort LE_SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LE_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private RecordLayout() {}

  static void write(byte[] bytes, int at, BlobRecord blob, long number) {
    MemorySegment record = MemorySegment.ofArray(bytes).asSlice(at, BYTES);
    blob.hash().write(record, HASH_OFFSET);
    record.set(LE_LONG, PLACE_OFFSET, blob.place());
    record.set(LE_INT, LENGTH_OFFSET, blob.length());
    record.set(LE_INT, SEALED_OFFSET, (int) blob.sealedSeconds());
    record.set(LE_INT, NUMBER_OFFSET, (int) number);
    record.set(LE_SHORT, ACCOUNT_OFFSET, (short) blob.keep().account());
    record.set(BYTE, CLASS_OFFSET, (byte) blob.keep().retention());
    record.set(BYTE, COST_OFFSET, (byte) blob.keep().cost());
    record.set(LE_INT, KIND_OFFSET, number(blob.kind()));
    record.set(LE_INT, CRC_OFFSET, crc(bytes, at));
  }

  private static int number(BlobRecord.Kind kind) {
    return switch (kind) {
      case SEALED -> SEALED;
      case DROPPED -> DROPPED;
      case PINNED -> PINNED;
    };
  }

  /// The record at a position, or null when what is there is not that record.
  static @Nullable BlobRecord read(byte[] bytes, int at, long number) {
    MemorySegment record = MemorySegment.ofArray(bytes).asSlice(at, BYTES);
    if (record.get(LE_INT, CRC_OFFSET) != crc(bytes, at)
        || record.get(LE_INT, NUMBER_OFFSET) != (int) number) {
      return null;
    }
    Hash hash = Hash.read(record, HASH_OFFSET);
    return switch (record.get(LE_INT, KIND_OFFSET)) {
      case SEALED_FORMERLY -> sealedFormerly(record, hash);
      case SEALED -> sealed(record, hash);
      case DROPPED -> BlobRecord.dropped(hash);
      case PINNED -> BlobRecord.pinned(hash, (int) record.get(LE_LONG, PLACE_OFFSET));
      default -> null;
    };
  }

  private static @Nullable BlobRecord sealedFormerly(MemorySegment record, Hash hash) {
    int region = record.get(LE_INT, PLACE_OFFSET);
    long offset = record.get(LE_LONG, LENGTH_OFFSET);
    int length = record.get(LE_INT, PLACE_OFFSET + Integer.BYTES);
    boolean possible =
        region >= 0
            && region < MemoryCalls.REGIONS_MAX
            && offset >= 0
            && offset < MemoryStore.REGION_BYTES_MAX
            && offset % ExtentAllocator.ALIGNMENT == 0;
    return possible ? sealed(hash, Place.of(region, offset), length, 0, Keep.STANDARD) : null;
  }

  private static @Nullable BlobRecord sealed(MemorySegment record, Hash hash) {
    int retention = Byte.toUnsignedInt(record.get(BYTE, CLASS_OFFSET));
    if (retention != Keep.SOURCE && retention != Keep.DERIVED) {
      return null;
    }
    Keep keep =
        new Keep(
            retention,
            Byte.toUnsignedInt(record.get(BYTE, COST_OFFSET)),
            Short.toUnsignedInt(record.get(LE_SHORT, ACCOUNT_OFFSET)));
    return sealed(
        hash,
        record.get(LE_LONG, PLACE_OFFSET),
        record.get(LE_INT, LENGTH_OFFSET),
        Integer.toUnsignedLong(record.get(LE_INT, SEALED_OFFSET)),
        keep);
  }

  private static @Nullable BlobRecord sealed(
      Hash hash, long place, int length, long sealedSeconds, Keep keep) {
    boolean possible =
        place > 0
            && place <= Place.of(MemoryCalls.REGIONS_MAX, 0) - 1
            && length >= 0
            && length <= Blob.LENGTH_MAX
            && Place.offset(place) <= MemoryStore.REGION_BYTES_MAX - length;
    return possible
        ? new BlobRecord(BlobRecord.Kind.SEALED, hash, place, length, sealedSeconds, keep)
        : null;
  }

  private static int crc(byte[] bytes, int at) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, at, CRC_OFFSET);
    return (int) crc.getValue();
  }
}
