package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// Where a blob's bytes lie on one node. It is a hint like every location: whoever reads there
/// verifies the hash.
///
/// @param region the number of the region, below [MemoryCalls#REGIONS_MAX]
/// @param offset the first byte within the region
/// @param length in bytes
public record BlobLocation(int region, long offset, int length) {

  /// The longest region, as the transport limits it.
  static final long REGION_BYTES_MAX = 1L << 30;

  public BlobLocation {
    if (region < 0 || region >= MemoryCalls.REGIONS_MAX) {
      throw new IllegalArgumentException("no region can have number " + region);
    }
    if (length < 0 || length > Blob.LENGTH_MAX) {
      throw new IllegalArgumentException("no blob has " + length + " bytes");
    }
    if (offset < 0 || offset > REGION_BYTES_MAX - length) {
      throw new IllegalArgumentException(
          "no region has " + length + " bytes from offset " + offset);
    }
  }

  static BlobLocation read(CanonicalReader reader) {
    int region = readRegion(reader);
    int length = readLength(reader);
    return new BlobLocation(region, readOffset(reader, length), length);
  }

  static int readRegion(CanonicalReader reader) {
    return (int) reader.varint(MemoryCalls.REGIONS_MAX - 1, "a region's number");
  }

  static int readLength(CanonicalReader reader) {
    return (int) reader.varint(Blob.LENGTH_MAX, "a blob's length");
  }

  private static long readOffset(CanonicalReader reader, int length) {
    return reader.varint(REGION_BYTES_MAX - length, "an offset in a region");
  }

  void write(CanonicalWriter writer) {
    writer.varint(region).varint(length).varint(offset);
  }
}
