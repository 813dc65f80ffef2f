package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.MemoryCalls;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The layout of one record of [SealLog], little endian.
///
/// ```
///   0         8        16        24        32    36    40        48        56   60    64
///   +---------+---------+---------+---------+-----+-----+---------+---------+----+-----+
///   | hash                                  |regn |lngth| offset  | number  |kind| crc |
///   +---------+---------+---------+---------+-----+-----+---------+---------+----+-----+
///     32 bytes                                u32   u32   u64       u64      u32  u32
/// ```
///
/// `number` is the record's position in the log, so that a block that the file system put in the
/// wrong place is not believed. `kind` is [#SEALED]. `crc` is CRC-32C of the 60 bytes before it.
final class SealRecord {

  static final int HASH_OFFSET = 0;
  static final int REGION_OFFSET = HASH_OFFSET + Hash.BYTES;
  static final int LENGTH_OFFSET = REGION_OFFSET + Integer.BYTES;
  static final int OFFSET_OFFSET = LENGTH_OFFSET + Integer.BYTES;
  static final int NUMBER_OFFSET = OFFSET_OFFSET + Long.BYTES;
  static final int KIND_OFFSET = NUMBER_OFFSET + Long.BYTES;
  static final int CRC_OFFSET = KIND_OFFSET + Integer.BYTES;
  static final int BYTES = CRC_OFFSET + Integer.BYTES;

  /// `SEAL` in ASCII: the only kind so far.
  static final int SEALED = 0x4C41_4553;

  private static final ValueLayout.OfInt LE_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private SealRecord() {}

  static void write(byte[] bytes, int at, SealedBlob blob, long number) {
    MemorySegment record = MemorySegment.ofArray(bytes).asSlice(at, BYTES);
    BlobLocation location = blob.location();
    blob.hash().write(record, HASH_OFFSET);
    record.set(LE_INT, REGION_OFFSET, location.region());
    record.set(LE_INT, LENGTH_OFFSET, location.length());
    record.set(LE_LONG, OFFSET_OFFSET, location.offset());
    record.set(LE_LONG, NUMBER_OFFSET, number);
    record.set(LE_INT, KIND_OFFSET, SEALED);
    record.set(LE_INT, CRC_OFFSET, crc(bytes, at));
  }

  /// The record at a position, or null when what is there is not that record.
  static @Nullable SealedBlob read(byte[] bytes, int at, long number) {
    MemorySegment record = MemorySegment.ofArray(bytes).asSlice(at, BYTES);
    if (record.get(LE_INT, CRC_OFFSET) != crc(bytes, at)
        || record.get(LE_INT, KIND_OFFSET) != SEALED
        || record.get(LE_LONG, NUMBER_OFFSET) != number) {
      return null;
    }
    int region = record.get(LE_INT, REGION_OFFSET);
    int length = record.get(LE_INT, LENGTH_OFFSET);
    long offset = record.get(LE_LONG, OFFSET_OFFSET);
    boolean possible =
        region >= 0
            && region < MemoryCalls.REGIONS_MAX
            && length >= 0
            && length <= Blob.LENGTH_MAX
            && offset >= 0
            && offset % ExtentAllocator.ALIGNMENT == 0
            && offset <= MemoryStore.REGION_BYTES_MAX - length;
    return possible
        ? new SealedBlob(Hash.read(record, HASH_OFFSET), new BlobLocation(region, offset, length))
        : null;
  }

  private static int crc(byte[] bytes, int at) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, at, CRC_OFFSET);
    return (int) crc.getValue();
  }
}
