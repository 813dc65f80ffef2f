package io.kogluktualuk.memnode.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/// One arena: a file of fixed length, mapped shared, so that its bytes outlive the process.
///
/// The file is sparse. [#back] gives it blocks from its start on, before they are handed out.
///
/// **Threading:** [#segment], [#written] and [#forceIfWritten] any thread; the rest one thread at
/// a time.
/// **Ownership:** owns the mapping; [#close] unmaps. The file stays.
/// **Invariant:** bytes before [#backedBytes] have blocks.
final class RegionFile implements AutoCloseable {

  /// How much is allocated ahead: one step takes a few milliseconds and serves several large
  /// blobs.
  static final long STEP_BYTES = 16L << 20;

  private final Path path;
  private final long length;
  private final Disk.MappedFile file;
  private long backedBytes;
  private boolean isClosed;
  private final AtomicBoolean dirty = new AtomicBoolean();

  private RegionFile(Path path, Disk.MappedFile file) {
    this.path = path;
    this.length = file.segment().byteSize();
    this.file = file;
  }

  /// Opens the file, or creates it with this length.
  ///
  /// @param length for a file that does not exist yet; an existing one keeps its own
  static RegionFile open(Disk disk, String name, long length) {
    Path path = disk.path(name);
    try {
      return new RegionFile(path, disk.map(name, length));
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
  }

  Path path() {
    return path;
  }

  long length() {
    return length;
  }

  MemorySegment segment() {
    return file.segment();
  }

  long backedBytes() {
    return backedBytes;
  }

  /// Declares the first bytes backed, because sealed blobs lie there.
  void assumeBacked(long bytes) {
    backedBytes = Math.max(backedBytes, bytes);
  }

  /// Sees to it that everything before `end` has blocks, and some more while at it.
  ///
  /// @throws io.kogluktualuk.fabric.fault.OutOfSpace when the disk is full; nothing is lost
  void back(long end) {
    if (end > backedBytes) {
      long ahead = Math.min(length, Math.ceilDiv(end, STEP_BYTES) * STEP_BYTES);
      backedBytes = ZeroedFile.zero(file, path, backedBytes, end, ahead);
    }
  }

  /// Gives a free part new blocks, where a machine that stopped may have lost them.
  void zero(Extent extent) {
    ZeroedFile.zero(file, path, extent.offset(), extent.end(), extent.end());
  }

  /// Something has been written to the mapping.
  void written() {
    dirty.set(true);
  }

  /// Writes everything to the device, if anything was written since the last time. Any thread.
  void forceIfWritten() {
    if (dirty.getAndSet(false)) {
      force();
    }
  }

  /// Writes everything to the device.
  void force() {
    try {
      file.force();
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
  }

  @Override
  public void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    try {
      file.close();
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
  }
}
