package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.IndexLayout;
import io.kogluktualuk.memnode.api.MemoryCalls;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How much a store may hold.
///
/// @param capacity the most bytes of all regions together; lowering it takes nothing away
/// @param indexBlobs how many blobs the index is made for: about 190 bytes of memory each
/// @param windowLifetime how long a write window lasts
/// @param regionBytesMax the longest region, at most [MemoryStore#REGION_BYTES_MAX]
/// @param windowBytes about how many bytes all write windows have together, besides the capacity:
///     bounds the puts that are on their way at a time
/// @param memory what peers read, so that they do not read the regions; null for one tier
public record StoreSettings(
    ByteCount capacity,
    int indexBlobs,
    Duration windowLifetime,
    long regionBytesMax,
    long windowBytes,
    @Nullable TierSettings memory) {

  /// The least capacity: a few of the largest blobs.
  public static final long CAPACITY_BYTES_MIN = 16L << 20;

  /// A dozen of the largest windows.
  private static final long WINDOW_BYTES_DEFAULT = 128L << 20;

  private static final long WINDOW_BYTES_MAX = 1L << 30;

  /// Registering takes tens of milliseconds for this much; 1024 of them are 64 GiB.
  private static final long PINNED_REGION_BYTES = 64L << 20;

  private static final int INDEX_BLOBS_MAX =
      (int) (IndexLayout.SEGMENTS_MAX * IndexLayout.HOMES_MAX / 2);
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
    if (windowBytes < WindowSlots.BYTES_MIN || windowBytes > WINDOW_BYTES_MAX) {
      throw new IllegalArgumentException(
          "windows of "
              + windowBytes
              + " bytes in all: "
              + WindowSlots.BYTES_MIN
              + " bytes to 1 GiB");
    }
  }

  /// With one tier.
  public StoreSettings(
      ByteCount capacity,
      int indexBlobs,
      Duration windowLifetime,
      long regionBytesMax,
      long windowBytes) {
    this(capacity, indexBlobs, windowLifetime, regionBytesMax, windowBytes, null);
  }

  /// With windows of 128 MiB in all, less for a small store.
  public StoreSettings(
      ByteCount capacity, int indexBlobs, Duration windowLifetime, long regionBytesMax) {
    this(
        capacity,
        indexBlobs,
        windowLifetime,
        regionBytesMax,
        Math.clamp(capacity.bytes() / 8, WindowSlots.BYTES_MIN, WINDOW_BYTES_DEFAULT));
  }

  /// The same for one of so many tenants: an equal share of everything that is a budget.
  ///
  /// @throws InvalidArgument when the capacity is too small for so many
  public StoreSettings share(int tenants) {
    if (capacity.bytes() / tenants < CAPACITY_BYTES_MIN) {
      throw new InvalidArgument(
          "capacity "
              + capacity
              + " is too small for "
              + tenants
              + " tenants: each needs "
              + new ByteCount(CAPACITY_BYTES_MIN));
    }
    return new StoreSettings(
        new ByteCount(capacity.bytes() / tenants),
        Math.max(1, indexBlobs / tenants),
        windowLifetime,
        regionBytesMax,
        Math.max(WindowSlots.BYTES_MIN, windowBytes / tenants),
        memory == null ? null : memory.share(tenants));
  }

  /// The same for memory that an adapter is going to register: it then stays in memory, all of a
  /// region at once, whether there are blobs in it or not. So regions are short, and are added as
  /// blobs come: 64 MiB each, or what it takes to reach the capacity with the most there can be.
  /// Regions that exist already keep their length.
  public StoreSettings forPinnedMemory() {
    long steps =
        Math.ceilDiv(capacity.bytes(), PINNED_REGION_BYTES * (long) MemoryCalls.REGIONS_MAX);
    long bytes = Math.min(regionBytesMax, steps * PINNED_REGION_BYTES);
    return new StoreSettings(capacity, indexBlobs, windowLifetime, bytes, windowBytes, memory);
  }

  /// The same with an index for at least so many blobs.
  public StoreSettings withIndexFor(long blobs) {
    int index = (int) Math.min(INDEX_BLOBS_MAX, Math.max(indexBlobs, blobs));
    return new StoreSettings(capacity, index, windowLifetime, regionBytesMax, windowBytes, memory);
  }

  /// The same with a memory tier, or without one.
  public StoreSettings withMemory(@Nullable TierSettings tier) {
    return new StoreSettings(
        capacity, indexBlobs, windowLifetime, regionBytesMax, windowBytes, tier);
  }

  /// The same with windows that last longer or shorter.
  public StoreSettings withWindowLifetime(Duration lifetime) {
    return new StoreSettings(capacity, indexBlobs, lifetime, regionBytesMax, windowBytes, memory);
  }

  /// The same with so many bytes of windows in all.
  public StoreSettings withWindows(long bytes) {
    return new StoreSettings(capacity, indexBlobs, windowLifetime, regionBytesMax, bytes, memory);
  }

  /// Regions of 1 GiB, windows of half a minute.
  public static StoreSettings of(ByteCount capacity, int indexBlobs) {
    return new StoreSettings(
        capacity, indexBlobs, Duration.ofSeconds(30), MemoryStore.REGION_BYTES_MAX);
  }
}
