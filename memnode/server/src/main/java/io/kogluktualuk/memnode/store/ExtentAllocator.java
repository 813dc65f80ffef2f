package io.kogluktualuk.memnode.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Hands out extents of numbered regions.
///
/// Best fit over free extents that are merged with their free neighbours: what abandoned windows
/// give back is used up before fresh space, and a region that becomes free again is one extent.
/// Size classes were rejected: blobs are bounded (4 MiB) and live long, so rounding up to a class
/// would cost more (12 % on average for classes of a quarter power of two) than the splinters of
/// best fit, which stay below 64 bytes per blob plus what no waiting blob is small enough for.
///
/// **Threading:** one thread at a time; [MemoryStore] holds its lock.
/// **Ownership:** an [Extent] is borrowed until [#release].
/// **Units:** bytes; offsets and sizes are multiples of [#ALIGNMENT].
/// **Invariant:** free bytes + lent bytes = bytes of all regions; free extents neither touch nor
/// overlap.
/// **Bound:** at most one free extent per lent extent and region.
final class ExtentAllocator {

  /// A cache line: no two blobs share one, and copies start aligned.
  static final int ALIGNMENT = 64;

  private static final Comparator<Extent> BY_SIZE =
      Comparator.comparingLong(Extent::size)
          .thenComparingInt(Extent::region)
          .thenComparingLong(Extent::offset);

  /// Offset → size of the free extents, for each region.
  private final List<TreeMap<Long, Long>> free = new ArrayList<>();

  private final TreeSet<Extent> bySize = new TreeSet<>(BY_SIZE);
  private long totalBytes;
  private long freeBytes;

  /// Adds the region with the next number, all of it free.
  ///
  /// @param bytes its length; what exceeds a multiple of the alignment is not used
  void addRegion(long bytes) {
    free.add(new TreeMap<>());
    long usable = bytes - bytes % ALIGNMENT;
    totalBytes += usable;
    if (usable > 0) {
      addFree(new Extent(free.size() - 1, 0, usable));
    }
  }

  /// An extent of exactly this size, or null when no free extent is large enough.
  @Nullable Extent allocate(long size) {
    checkAligned(size > 0, size);
    Extent found = bySize.ceiling(new Extent(0, 0, size));
    if (found == null) {
      return null;
    }
    Extent lent = new Extent(found.region(), found.offset(), size);
    carve(found, lent);
    return lent;
  }

  /// Lends exactly this extent, as the log says it is lent.
  ///
  /// @return false when it is not entirely free: nothing has changed then
  boolean claim(Extent extent) {
    checkAligned(extent.size() > 0 && extent.offset() >= 0, extent.offset() | extent.size());
    if (extent.region() >= free.size()) {
      return false;
    }
    Map.Entry<Long, Long> floor = free.get(extent.region()).floorEntry(extent.offset());
    if (floor == null || floor.getKey() + floor.getValue() < extent.end()) {
      return false;
    }
    carve(new Extent(extent.region(), floor.getKey(), floor.getValue()), extent);
    return true;
  }

  /// Takes an extent back.
  void release(Extent extent) {
    TreeMap<Long, Long> region = free.get(extent.region());
    Map.Entry<Long, Long> before = region.floorEntry(extent.offset());
    Map.Entry<Long, Long> after = region.ceilingEntry(extent.offset());
    if (before != null && before.getKey() + before.getValue() > extent.offset()
        || after != null && after.getKey() < extent.end()) {
      throw new IllegalStateException(extent + " is released, but a part of it is free");
    }
    long from = extent.offset();
    long to = extent.end();
    if (before != null && before.getKey() + before.getValue() == from) {
      from = before.getKey();
      removeFree(new Extent(extent.region(), from, before.getValue()));
    }
    if (after != null && after.getKey() == to) {
      to = after.getKey() + after.getValue();
      removeFree(new Extent(extent.region(), after.getKey(), after.getValue()));
    }
    addFree(new Extent(extent.region(), from, to - from));
  }

  /// The free extents of one region, by offset.
  List<Extent> freeExtents(int region) {
    List<Extent> extents = new ArrayList<>();
    free.get(region).forEach((offset, size) -> extents.add(new Extent(region, offset, size)));
    return extents;
  }

  int regions() {
    return free.size();
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

  private void carve(Extent whole, Extent part) {
    removeFree(whole);
    if (part.offset() > whole.offset()) {
      addFree(new Extent(whole.region(), whole.offset(), part.offset() - whole.offset()));
    }
    if (part.end() < whole.end()) {
      addFree(new Extent(whole.region(), part.end(), whole.end() - part.end()));
    }
  }

  private void addFree(Extent extent) {
    free.get(extent.region()).put(extent.offset(), extent.size());
    bySize.add(extent);
    freeBytes += extent.size();
  }

  private void removeFree(Extent extent) {
    free.get(extent.region()).remove(extent.offset());
    bySize.remove(extent);
    freeBytes -= extent.size();
  }

  private static void checkAligned(boolean positive, long bits) {
    if (!positive || bits % ALIGNMENT != 0) {
      throw new IllegalArgumentException("not a positive multiple of " + ALIGNMENT + ": " + bits);
    }
  }
}
