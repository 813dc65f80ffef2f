package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.MemoryCalls;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The region files of one store and the extents lent from them. New files are added on demand,
/// up to the capacity.
///
/// **Threading:** [#bytes], [#isMemory], [#write], [#list], [#backAhead] and [#forceWritten] any
/// thread; the rest one thread at a time. **Ownership:** owns the files' mappings.
final class Regions implements AutoCloseable {

  private static final long PAGE_BYTES = 4096;
  private static final long LARGE_BYTES = 8L << 20;

  private final Disk disk;
  private final StoreSettings settings;
  private final ExtentAllocator allocator;
  private final List<RegionFile> files = new CopyOnWriteArrayList<>();

  private Regions(Disk disk, StoreSettings settings) {
    this.disk = disk;
    this.settings = settings;
    this.allocator = new ExtentAllocator(disk::scratch);
  }

  /// Maps the regions that exist already.
  static Regions open(Disk disk, StoreSettings settings) {
    Regions regions = new Regions(disk, settings);
    try {
      while (disk.exists(name(regions.files.size()))) {
        regions.add(settings.regionBytesMax());
      }
      return regions;
    } catch (IOException e) {
      regions.close();
      throw ZeroedFile.unusable(disk.path(name(0)), e);
    } catch (RuntimeException e) {
      regions.close();
      throw e;
    }
  }

  static String name(int number) {
    return String.format(Locale.ROOT, "region-%04d", number);
  }

  private void add(long length) {
    RegionFile file = RegionFile.open(disk, name(files.size()), length);
    allocator.addRegion(file.length());
    files.add(file);
  }

  /// Adds a file, and has the folder count it before a blob lies in it.
  private void create(long length) {
    add(length);
    files.getLast().force();
    try {
      Holdings.write(disk, files.size());
    } catch (IOException e) {
      throw ZeroedFile.unusable(disk.path(Holdings.NAME), e);
    }
  }

  /// Lends room for a blob, with blocks behind it.
  ///
  /// @throws OutOfSpace when the capacity or the disk is exhausted
  Extent lend(int length) {
    Extent extent = lendIfThereIs(length);
    if (extent == null) {
      throw full(Extent.sizeFor(length));
    }
    return extent;
  }

  /// Lends room for a blob, with blocks behind it; null when the capacity is exhausted.
  ///
  /// @throws OutOfSpace when the disk is exhausted
  @Nullable Extent lendIfThereIs(int length) {
    long size = Extent.sizeFor(length);
    Extent extent = allocator.allocate(size);
    while (extent == null) {
      if (!addNext()) {
        return null;
      }
      extent = allocator.allocate(size);
    }
    try {
      files.get(extent.region()).back(extent.end());
      return extent;
    } catch (OutOfSpace e) {
      allocator.release(extent);
      throw e;
    }
  }

  /// Lends room below a boundary for a blob that lies behind it.
  ///
  /// @param boundary in bytes from the beginning of the first region
  /// @return null when the blob does not lie behind it, or there is no room
  @Nullable BlobLocation lendBelow(BlobLocation location, long boundary) {
    if (position(location.region(), location.offset()) < boundary) {
      return null;
    }
    Extent extent = allocator.allocate(Extent.sizeFor(location.length()));
    if (extent == null) {
      return null;
    }
    if (position(extent.region(), extent.end()) > boundary
        || extent.end() > files.get(extent.region()).backedBytes()) {
      allocator.release(extent);
      return null;
    }
    return new BlobLocation(extent.region(), extent.offset(), location.length());
  }

  private long position(int region, long offset) {
    long position = offset;
    for (int before = 0; before < region; before++) {
      position += files.get(before).length();
    }
    return position;
  }

  /// Whether much is free, but in small parts: a sixteenth of everything, and no room for the
  /// largest reservation.
  boolean isFragmented() {
    return files.size() >= 1
        && allocator.freeBytes() > Math.max(allocator.totalBytes() / 16, LARGE_BYTES)
        && allocator.totalBytes() + PAGE_BYTES > settings.capacity().bytes()
        && allocator.largestFree() < LARGE_BYTES;
  }

  private boolean addNext() {
    long left = settings.capacity().bytes() - allocator.totalBytes();
    long length = Math.min(settings.regionBytesMax(), left) / PAGE_BYTES * PAGE_BYTES;
    if (length < PAGE_BYTES || files.size() >= MemoryCalls.REGIONS_MAX) {
      return false;
    }
    create(length);
    return true;
  }

  private OutOfSpace full(long size) {
    return new OutOfSpace(
        "folder "
            + disk.path("")
            + ": a blob needs "
            + size
            + " bytes; the capacity is "
            + settings.capacity()
            + ", of which "
            + new ByteCount(allocator.freeBytes())
            + " are free, in parts that are too small");
  }

  void release(Extent extent) {
    allocator.release(extent);
  }

  /// Lends what the log says is lent.
  ///
  /// @return false when that is impossible
  boolean claim(BlobLocation location) {
    Extent extent = Extent.of(location);
    if (!allocator.claim(extent)) {
      return false;
    }
    files.get(extent.region()).assumeBacked(extent.end());
    return true;
  }

  /// Gives new blocks to the gaps between the blobs. A gap for which the disk has no room stays
  /// lent until the next start.
  ///
  /// @return the gaps that could not be made usable, and why; null when all could
  @Nullable OutOfSpace reviveGaps() {
    OutOfSpace failure = null;
    for (int region = 0; region < files.size(); region++) {
      RegionFile file = files.get(region);
      List<OutOfSpace> failures = new ArrayList<>(1);
      allocator.forEachFree(region, gap -> revive(file, gap, failures));
      failure = failures.isEmpty() ? failure : failures.getLast();
    }
    return failure;
  }

  private void revive(RegionFile file, Extent gap, List<OutOfSpace> failures) {
    if (gap.end() > file.backedBytes()) {
      return; // the tail: it gets blocks when it is lent
    }
    try {
      file.zero(gap);
    } catch (OutOfSpace e) {
      allocator.claim(gap);
      failures.clear();
      failures.add(e);
    }
  }

  /// Whether there is a region that long.
  boolean isWithin(BlobLocation location) {
    return allocator.isWithin(Extent.of(location));
  }

  /// Takes everything back.
  void releaseAll() {
    allocator.releaseAll();
  }

  /// The bytes of a blob in the mapping.
  MemorySegment bytes(BlobLocation location) {
    return files.get(location.region()).segment().asSlice(location.offset(), location.length());
  }

  /// Whether a blob's extent is memory: then its bytes may be stored there by [#bytes], before it
  /// is shown to anybody.
  boolean isMemory(BlobLocation location) {
    return files.get(location.region()).isMemory();
  }

  /// Writes a part of a blob's bytes to its extent, before it is shown to anybody.
  ///
  /// @param at where in the blob
  void write(BlobLocation location, int at, byte[] source, int count) {
    files.get(location.region()).write(source, count, location.offset() + at);
  }

  /// Gives some room on the disk to what will be lent next.
  ///
  /// @return false when there is nothing left to do
  boolean backAhead() {
    return !files.isEmpty() && files.getLast().backAhead();
  }

  /// All regions, by number; only ever grows.
  List<RegionFile> list() {
    return List.copyOf(files);
  }

  long lentBytes() {
    return allocator.lentBytes();
  }

  /// A blob's bytes have been written.
  void written(BlobLocation location) {
    files.get(location.region()).written();
  }

  /// Has everything on the device that [#written] was called for.
  void forceWritten() {
    files.forEach(RegionFile::forceIfWritten);
  }

  void force() {
    files.forEach(RegionFile::force);
  }

  @Override
  public void close() {
    files.forEach(RegionFile::close);
  }
}
