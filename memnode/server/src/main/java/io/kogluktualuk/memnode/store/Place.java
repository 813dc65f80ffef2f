package io.kogluktualuk.memnode.store;

import io.kogluktualuk.memnode.api.BlobLocation;

/// Where a blob begins, in one word: as [BlobTable] and [BlobRecord] keep it.
///
/// ```
///   63          44 43         25 24                    1
///   +-------------+-------------+-----------------------+
///   |      0      | region      | offset / 64           |   and all of it plus 1
///   +-------------+-------------+-----------------------+
/// ```
///
/// 0 is no place. A region has at most 1 GiB, so 24 bits hold the offset in units of
/// [ExtentAllocator#ALIGNMENT].
final class Place {

  /// No place.
  static final long NONE = 0;

  private static final int OFFSET_BITS = 24;

  private Place() {}

  static long of(int region, long offset) {
    return ((long) region << OFFSET_BITS | offset / ExtentAllocator.ALIGNMENT) + 1;
  }

  static long of(BlobLocation location) {
    return of(location.region(), location.offset());
  }

  static int region(long place) {
    return (int) ((place - 1) >>> OFFSET_BITS);
  }

  static long offset(long place) {
    return ((place - 1) & ((1L << OFFSET_BITS) - 1)) * ExtentAllocator.ALIGNMENT;
  }

  static BlobLocation location(long place, int length) {
    return new BlobLocation(region(place), offset(place), length);
  }
}
