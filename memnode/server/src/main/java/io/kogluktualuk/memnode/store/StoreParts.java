package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.OpenParts;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The files and the memory of one store.
///
/// **Threading:** as each of them. **Ownership:** owns all of them, and the disk.
/// **Bound:** all sizes follow from the settings and are fixed at the start, but for regions and
/// log, which have limits.
final class StoreParts implements AutoCloseable {

  private static final String INDEX_NAME = "index";

  private final OpenParts opened = new OpenParts("a memory node's store");
  private final Disk disk;
  private final Regions regions;
  private final SealLog log;
  private final RegionFile indexFile;
  private final BlobIndex index;
  private final WindowSlots slots;
  private final @Nullable MemoryTier tier;

  private StoreParts(Disk disk, String logName, StoreSettings settings) {
    this.disk = disk;
    opened.add(disk);
    try {
      Holdings.check(disk, logName);
      regions = Regions.open(disk, settings);
      opened.add(regions);
      slots = WindowSlots.open(disk, "windows", settings.windowBytes());
      opened.add(slots);
      IndexShape shape = IndexShape.forBlobs(settings.indexBlobs());
      indexFile = openIndex(disk, shape);
      opened.add(indexFile);
      index = index(disk, shape, indexFile, settings.indexBlobs());
      log = SealLog.open(disk, logName);
      opened.add(log);
      tier = settings.memory() == null ? null : opened.add(openTier(settings.memory(), settings));
    } catch (IOException e) {
      RuntimeException unusable = ZeroedFile.unusable(disk.path(""), e);
      opened.closeBecause(unusable);
      throw unusable;
    } catch (RuntimeException e) {
      opened.closeBecause(e);
      throw e;
    }
  }

  static StoreParts open(Disk disk, String logName, StoreSettings settings) {
    return new StoreParts(disk, logName, settings);
  }

  private static RegionFile openIndex(Disk disk, IndexShape shape) throws IOException {
    if (disk.exists(INDEX_NAME) && disk.length(INDEX_NAME) != shape.bytes()) {
      disk.delete(INDEX_NAME);
    }
    RegionFile file = RegionFile.open(disk, INDEX_NAME, shape.bytes());
    try {
      file.back(shape.bytes());
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static BlobIndex index(Disk disk, IndexShape shape, RegionFile file, long blobs) {
    long most = blobs + LogRewrite.slack(blobs);
    BlobTable table = new BlobTable(disk.scratch(BlobTable.bytesFor(most)), Math.toIntExact(most));
    return new BlobIndex(
        shape, file.segment(), disk.scratch(BlobIndex.ordinalBytes(shape)), table, most);
  }

  private MemoryTier openTier(TierSettings memory, StoreSettings settings) {
    MemoryRegions taken = disk.memory(memory, settings.regionBytesMax());
    return new MemoryTier(taken, index, new SpillQueue(index.table().capacity(), disk::scratch));
  }

  Disk disk() {
    return disk;
  }

  Regions regions() {
    return regions;
  }

  SealLog log() {
    return log;
  }

  RegionFile indexFile() {
    return indexFile;
  }

  BlobIndex index() {
    return index;
  }

  WindowSlots slots() {
    return slots;
  }

  /// Null when there is one tier.
  @Nullable MemoryTier tier() {
    return tier;
  }

  void closeBecause(RuntimeException reason) {
    opened.closeBecause(reason);
  }

  @Override
  public void close() {
    opened.close();
  }
}
