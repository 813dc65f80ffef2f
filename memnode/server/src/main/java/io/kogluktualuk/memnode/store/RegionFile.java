package io.kogluktualuk.memnode.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// One arena: a file of fixed length, mapped shared, so that its bytes outlive the process.
///
/// The file is sparse. [#back] gives it blocks from its start on, before they are handed out, and
/// [#backAhead] some more, before anybody waits for them.
///
/// Where the file is memory ([#isMemory]), bytes may be stored through the mapping; it is shared,
/// so they outlive the process as those do that were written. Elsewhere bytes come by [#write]:
/// the first store to a mapped page after each sync is a fault in which ext4 changes the inode,
/// and the next sync then waits for the file system's journal. With a plain write to blocks that
/// are there, it waits for the data only.
///
/// **Threading:** [#segment], [#write], [#written], [#forceIfWritten] and [#backAhead] any
/// thread; the rest one thread at a time. **Ownership:** owns the mapping; [#close] unmaps. The
/// file stays. **Invariant:** bytes before [#backedBytes] have blocks.
final class RegionFile implements AutoCloseable {

  /// How much is allocated ahead: one step takes a few milliseconds and serves several large
  /// blobs.
  static final long STEP_BYTES = 16L << 20;

  /// How much [#backAhead] does at a time: about two milliseconds, for which [#back] may wait.
  private static final long AHEAD_STEP_BYTES = 4L << 20;

  private final Path path;
  private final long length;
  private final Disk.MappedFile file;
  private final Lock backing = new ReentrantLock();
  private volatile long backedBytes; // changed under the lock
  private volatile long neededBytes; // changed by one thread at a time
  private boolean isClosed;

  /// At the beginning what a process has written that was killed may not be on the device yet.
  private final AtomicBoolean dirty = new AtomicBoolean(true);

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
    neededBytes = Math.max(neededBytes, bytes);
  }

  /// Sees to it that everything before `end` has blocks, and some more while at it.
  ///
  /// @throws io.kogluktualuk.fabric.fault.OutOfSpace when the disk is full; nothing is lost
  void back(long end) {
    if (end > backedBytes) {
      back(end, Math.ceilDiv(end, STEP_BYTES) * STEP_BYTES);
    }
    neededBytes = Math.max(neededBytes, end);
  }

  /// Takes one more step if fewer than [#STEP_BYTES] are ready. Does nothing on a full disk.
  ///
  /// @return false when there is nothing left to do
  boolean backAhead() {
    long backed = backedBytes;
    if (neededBytes == 0 || backed == length || backed - neededBytes >= STEP_BYTES) {
      return false;
    }
    back(backed, backed + AHEAD_STEP_BYTES);
    return backedBytes > backed;
  }

  private void back(long end, long ahead) {
    backing.lock();
    try {
      if (end >= backedBytes) {
        backedBytes = ZeroedFile.zero(file, path, backedBytes, end, Math.min(length, ahead));
      }
    } finally {
      backing.unlock();
    }
  }

  /// Gives a free part new blocks, where a machine that stopped may have lost them.
  void zero(Extent extent) {
    ZeroedFile.zero(file, path, extent.offset(), extent.end(), extent.end());
  }

  /// Whether the file is memory and nothing else.
  boolean isMemory() {
    return file.isMemory();
  }

  /// Writes to a part that has blocks.
  void write(byte[] source, int count, long to) {
    try {
      file.write(source, count, to);
    } catch (IOException e) {
      throw ZeroedFile.full(path, count, e);
    }
  }

  /// Something has been written.
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
