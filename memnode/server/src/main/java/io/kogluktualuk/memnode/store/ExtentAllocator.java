package io.kogluktualuk.memnode.store;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Hands out extents of numbered regions.
///
/// First fit by address over a [FreeMap] for each region: what came back is used up before fresh
/// space, free neighbours are one by construction, and blobs gather at the low end, so that the
/// long free runs are at the other [1]. Size classes in slabs were rejected: with steps of an
/// eighth of a power of two they waste up to 12 % inside of extents, this at most 63 bytes for
/// each blob. Between extents there can be more, as with every allocator that does not move;
/// blobs can be moved, because who reads a stale place notices by the hash, so [Relocation]
/// bounds that.
///
/// [1] P. Wilson, M. Johnstone, M. Neely, D. Boles: Dynamic Storage Allocation: A Survey and
/// Critical Review. IWMM 1995.
///
/// **Threading:** one thread at a time; under the [StoreLock].
/// **Ownership:** an [Extent] is borrowed until [#release].
/// **Units:** bytes; offsets and sizes are multiples of [#ALIGNMENT].
/// **Invariant:** free bytes + lent bytes = bytes of all regions.
/// **Bound:** memory for a region is half a percent of it, and does not change.
final class ExtentAllocator {

  /// A cache line: no two blobs share one, and copies start aligned.
  static final int ALIGNMENT = 64;

  private final LongFunction<MemorySegment> memory;
  private final List<FreeMap> regions = new ArrayList<>();
  private long totalBytes;
  private long freeBytes;

  /// @param memory gives zeroed memory of so many bytes
  ExtentAllocator(LongFunction<MemorySegment> memory) {
    this.memory = memory;
  }

  /// Adds the region with the next number, all of it free.
  ///
  /// @param bytes its length; what exceeds a multiple of the alignment is not used
  void addRegion(long bytes) {
    int units = Math.toIntExact(bytes / ALIGNMENT);
    regions.add(new FreeMap(units, memory));
    totalBytes += (long) units * ALIGNMENT;
    freeBytes += (long) units * ALIGNMENT;
  }

  /// An extent of exactly this size, or null when no free extent is large enough.
  @Nullable Extent allocate(long size) {
    checkAligned(size > 0, size);
    int units = (int) Math.min(Integer.MAX_VALUE, size / ALIGNMENT);
    for (int region = 0; region < regions.size(); region++) {
      int found = regions.get(region).find(units);
      if (found >= 0) {
        Extent lent = new Extent(region, (long) found * ALIGNMENT, size);
        set(lent, true);
        return lent;
      }
    }
    return null;
  }

  /// Lends exactly this extent, as the log says it is lent.
  ///
  /// @return false when it is not entirely free: nothing has changed then
  boolean claim(Extent extent) {
    checkAligned(extent.size() > 0 && extent.offset() >= 0, extent.offset() | extent.size());
    if (!isWithin(extent) || !isAll(extent, false)) {
      return false;
    }
    set(extent, true);
    return true;
  }

  /// Whether there is such a region, and it is that long.
  boolean isWithin(Extent extent) {
    return extent.region() < regions.size()
        && extent.end() <= (long) regions.get(extent.region()).units() * ALIGNMENT;
  }

  /// Takes an extent back.
  void release(Extent extent) {
    if (!isWithin(extent) || !isAll(extent, true)) {
      throw new IllegalStateException(extent + " is released, but a part of it is free");
    }
    set(extent, false);
  }

  /// Takes everything back.
  void releaseAll() {
    regions.forEach(region -> region.set(0, region.units(), false));
    freeBytes = totalBytes;
  }

  /// Hears the free extents of one region, by offset. May claim what it hears of.
  void forEachFree(int region, Consumer<Extent> consumer) {
    FreeMap map = regions.get(region);
    for (int from = map.nextFree(0); from < map.units(); ) {
      int to = map.nextLent(from);
      consumer.accept(new Extent(region, (long) from * ALIGNMENT, (long) (to - from) * ALIGNMENT));
      from = map.nextFree(to);
    }
  }

  int regions() {
    return regions.size();
  }

  long totalBytes() {
    return totalBytes;
  }

  long freeBytes() {
    return freeBytes;
  }

  long lentBytes() {
    return totalBytes - freeBytes;
  }

  /// The size of the largest extent that could be lent now.
  long largestFree() {
    return regions.stream().mapToLong(FreeMap::longest).max().orElse(0) * ALIGNMENT;
  }

  private boolean isAll(Extent extent, boolean lent) {
    return regions.get(extent.region()).isAll(from(extent), to(extent), lent);
  }

  private void set(Extent extent, boolean lent) {
    regions.get(extent.region()).set(from(extent), to(extent), lent);
    freeBytes += lent ? -extent.size() : extent.size();
  }

  private static int from(Extent extent) {
    return (int) (extent.offset() / ALIGNMENT);
  }

  private static int to(Extent extent) {
    return (int) (extent.end() / ALIGNMENT);
  }

  private static void checkAligned(boolean positive, long bits) {
    if (!positive || bits % ALIGNMENT != 0) {
      throw new IllegalArgumentException("not a positive multiple of " + ALIGNMENT + ": " + bits);
    }
  }
}
