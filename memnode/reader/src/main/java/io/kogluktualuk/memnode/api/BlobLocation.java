package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// Where a blob's bytes lie on one node. It is a hint like every location: whoever reads there
/// verifies the hash.
///
/// A blob that is *spilled* is on the node, but in none of its regions: [MemoryCalls#PROMOTE]
/// brings it back to one.
///
/// @param region the number of the region, below [MemoryCalls#REGIONS_MAX]; or
///     [#SPILLED_REGION]
/// @param offset the first byte within the region; 0 when spilled
/// @param length in bytes
public record BlobLocation(int region, long offset, int length) {

  /// The longest region, as the transport limits it.
  static final long REGION_BYTES_MAX = 1L << 30;

  /// The number that stands for no region. Numbers above it are reserved.
  public static final int SPILLED_REGION = MemoryCalls.REGIONS_MAX;

  public BlobLocation {
    if (region < 0 || region > SPILLED_REGION) {
      throw new IllegalArgumentException("no region can have number " + region);
    }
    if (length < 0 || length > Blob.LENGTH_MAX) {
      throw new IllegalArgumentException("no blob has " + length + " bytes");
    }
    if (offset < 0 || offset > offsetMax(region, length)) {
      throw new IllegalArgumentException(
          "no region has " + length + " bytes from offset " + offset);
    }
  }

  /// Of a blob that is on the node, but in no region.
  public static BlobLocation spilled(int length) {
    return new BlobLocation(SPILLED_REGION, 0, length);
  }

  /// Whether it must be brought back before it can be read.
  public boolean isSpilled() {
    return region == SPILLED_REGION;
  }

  /// The largest offset that a blob of that length can have.
  static long offsetMax(int region, int length) {
    return region == SPILLED_REGION ? 0 : REGION_BYTES_MAX - length;
  }

  static BlobLocation read(CanonicalReader reader) {
    int region = readRegion(reader);
    int length = readLength(reader);
    return new BlobLocation(region, readOffset(reader, region, length), length);
  }

  static int readRegion(CanonicalReader reader) {
    return (int) reader.varint(SPILLED_REGION, "a region's number");
  }

  static int readLength(CanonicalReader reader) {
    return (int) reader.varint(Blob.LENGTH_MAX, "a blob's length");
  }

  private static long readOffset(CanonicalReader reader, int region, int length) {
    return reader.varint(offsetMax(region, length), "an offset in a region");
  }

  void write(CanonicalWriter writer) {
    writer.varint(region).varint(length).varint(offset);
  }
}
