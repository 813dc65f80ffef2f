package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.IndexLayout;
import java.time.Duration;

/// How much a store may hold.
///
/// @param capacity the most bytes of all regions together; lowering it takes nothing away
/// @param indexBlobs how many blobs the index is made for: 128 bytes of memory each
/// @param windowLifetime how long a write window lasts
/// @param regionBytesMax the longest region, at most [MemoryStore#REGION_BYTES_MAX]
public record StoreSettings(
    ByteCount capacity, int indexBlobs, Duration windowLifetime, long regionBytesMax) {

  /// The least capacity: a few of the largest blobs.
  public static final long CAPACITY_BYTES_MIN = 16L << 20;

  private static final int INDEX_BLOBS_MAX = (int) (IndexLayout.HOMES_MAX / 2);
  private static final Duration LIFETIME_MAX = Duration.ofHours(1);

  public StoreSettings {
    if (capacity.bytes() < CAPACITY_BYTES_MIN) {
      throw new IllegalArgumentException(
          "capacity " + capacity + " is below " + new ByteCount(CAPACITY_BYTES_MIN));
    }
    if (indexBlobs < 1 || indexBlobs > INDEX_BLOBS_MAX) {
      throw new IllegalArgumentException(
          "an index is made for 1 to " + INDEX_BLOBS_MAX + " blobs, found " + indexBlobs);
    }
    if (!windowLifetime.isPositive() || windowLifetime.compareTo(LIFETIME_MAX) > 0) {
      throw new IllegalArgumentException("window lifetime " + windowLifetime + ": up to an hour");
    }
    if (regionBytesMax < CAPACITY_BYTES_MIN || regionBytesMax > MemoryStore.REGION_BYTES_MAX) {
      throw new IllegalArgumentException("regions of " + regionBytesMax + " bytes: up to 1 GiB");
    }
  }

  /// Regions of 1 GiB, windows of half a minute.
  public static StoreSettings of(ByteCount capacity, int indexBlobs) {
    return new StoreSettings(
        capacity, indexBlobs, Duration.ofSeconds(30), MemoryStore.REGION_BYTES_MAX);
  }
}
