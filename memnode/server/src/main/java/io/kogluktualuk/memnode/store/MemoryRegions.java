package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.MemoryCalls;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The memory of a memory tier: files on tmpfs or hugetlbfs, all of them there from the start,
/// and the extents lent from them. What an earlier run left there is deleted at the start.
///
/// On hugetlbfs a file's length is a multiple of its page; the pages are the mapping's own from
/// the moment that it is made. Elsewhere zeros are written, so that the file system has given its
/// blocks before a blob comes to them.
///
/// **Threading:** [#bytes] and [#list] any thread; the rest one thread at a time. **Ownership:**
/// owns the files, and deletes them at the end.
final class MemoryRegions implements AutoCloseable {

  private static final String HUGE = "hugetlbfs";
  private static final long SMALL_PAGE_BYTES = 4096;

  private final Disk disk;
  private final List<RegionFile> files = new ArrayList<>();
  private final ExtentAllocator allocator;
  private final String pages;

  private MemoryRegions(Disk disk, String pages) {
    this.disk = disk;
    this.pages = pages;
    this.allocator = new ExtentAllocator(disk::scratch);
  }

  /// Takes the memory.
  ///
  /// @param regionBytesMax the longest region
  /// @throws OutOfSpace when there is not as much
  /// @throws InvalidArgument when a page of the folder's is larger than what is wanted
  static MemoryRegions open(TierSettings settings, long regionBytesMax) {
    Path folder = settings.folder();
    try {
      Files.createDirectories(folder);
      FileStore from = Files.getFileStore(folder.toAbsolutePath());
      boolean isHuge = from.type().equals(HUGE);
      long page = isHuge ? from.getBlockSize() : SMALL_PAGE_BYTES;
      String pages = from.type() + ", pages of " + new ByteCount(page);
      long region = regionBytesMax / page * page;
      long capacity = settings.capacity().bytes() / page * page;
      checkPages(folder, page, region, capacity);
      return take(new FolderDisk(folder), pages, capacity, region, isHuge);
    } catch (IOException e) {
      throw ZeroedFile.unusable(folder, e);
    }
  }

  /// Takes all files of a disk.
  ///
  /// @param pages what they consist of, for people
  /// @param isHuge whether the mappings have their pages from the start
  static MemoryRegions take(
      Disk disk, String pages, long capacity, long regionBytesMax, boolean isHuge) {
    MemoryRegions regions = new MemoryRegions(disk, pages);
    regions.take(capacity, regionBytesMax, isHuge);
    return regions;
  }

  private static void checkPages(Path folder, long page, long region, long capacity) {
    if (region == 0 || capacity < TierSettings.CAPACITY_BYTES_MIN) {
      throw new InvalidArgument(
          "folder "
              + folder
              + " has pages of "
              + new ByteCount(page)
              + ": a memory tier there needs regions of at least one, and at least "
              + new ByteCount(TierSettings.CAPACITY_BYTES_MIN)
              + " in whole pages");
    }
    if (Math.ceilDiv(capacity, region) > MemoryCalls.REGIONS_MAX) {
      throw new InvalidArgument(
          "a memory tier of " + capacity + " bytes has too many regions of " + region);
    }
  }

  private void take(long capacity, long region, boolean isHuge) {
    try {
      for (int number = 0; number < MemoryCalls.REGIONS_MAX; number++) {
        disk.delete(Regions.name(number));
      }
      for (long left = capacity; left > 0; left -= Math.min(left, region)) {
        add(Math.min(left, region), isHuge);
      }
    } catch (IOException e) {
      close();
      throw ZeroedFile.unusable(disk.path(""), e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void add(long length, boolean isHuge) {
    RegionFile file;
    try {
      file = RegionFile.open(disk, Regions.name(files.size()), length);
    } catch (Unavailable e) {
      throw new OutOfSpace(
          "folder " + disk.path("") + ": no " + length + " bytes of memory: " + e.getMessage(), e);
    }
    files.add(file);
    if (isHuge) {
      file.assumeBacked(length);
    } else {
      file.back(length);
    }
    allocator.addRegion(length);
  }

  /// Lends room for a blob; null when there is none.
  @Nullable BlobLocation lend(int length) {
    Extent extent = allocator.allocate(Extent.sizeFor(length));
    return extent == null ? null : new BlobLocation(extent.region(), extent.offset(), length);
  }

  void release(BlobLocation location) {
    allocator.release(Extent.of(location));
  }

  /// The bytes of a blob in the mapping.
  MemorySegment bytes(BlobLocation location) {
    return files.get(location.region()).segment().asSlice(location.offset(), location.length());
  }

  /// All regions, by number.
  List<RegionFile> list() {
    return List.copyOf(files);
  }

  long lentBytes() {
    return allocator.lentBytes();
  }

  long totalBytes() {
    return allocator.totalBytes();
  }

  /// What the memory consists of.
  String pages() {
    return pages;
  }

  @Override
  public void close() {
    files.forEach(RegionFile::close);
    try {
      for (int number = 0; number < files.size(); number++) {
        disk.delete(Regions.name(number));
      }
    } catch (IOException e) {
      throw ZeroedFile.unusable(disk.path(""), e);
    } finally {
      disk.close();
    }
  }
}
