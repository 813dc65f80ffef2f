package io.kogluktualuk.memnode.store;

import io.kogluktualuk.memnode.api.BlobLocation;

/// A lent part of a region.
///
/// @param region the region's number
/// @param offset the first byte, a multiple of [ExtentAllocator#ALIGNMENT]
/// @param size in bytes, a positive multiple of [ExtentAllocator#ALIGNMENT]
record Extent(int region, long offset, long size) {

  /// The extent that a blob at this place takes. Empty blobs take one unit, so that places
  /// differ.
  static Extent of(BlobLocation location) {
    return new Extent(location.region(), location.offset(), sizeFor(location.length()));
  }

  static long sizeFor(int length) {
    long units = Math.ceilDiv(Math.max(1L, length), ExtentAllocator.ALIGNMENT);
    return units * ExtentAllocator.ALIGNMENT;
  }

  boolean overlaps(Extent other) {
    return region == other.region && offset < other.end() && other.offset < end();
  }

  long end() {
    return offset + size;
  }
}
