package io.kogluktualuk.memnode.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// One arena: a file of fixed length, mapped shared, so that its bytes outlive the process.
///
/// The file is sparse. [#back] gives it blocks from its start on, before they are handed out.
///
/// **Threading:** [#segment] any thread; the rest one thread at a time.
/// **Ownership:** owns the open file, the mapping and its arena; [#close] unmaps. The file stays.
/// **Invariant:** bytes before [#backedBytes] have blocks.
final class RegionFile implements AutoCloseable {

  /// How much is allocated ahead: one step takes a few milliseconds and serves several large blobs.
  static final long STEP_BYTES = 16L << 20;

  private final Path path;
  private final long length;
  private final RandomAccessFile file;
  private final Arena arena;
  private final MemorySegment segment;
  private long backedBytes;

  private RegionFile(
      Path path, long length, RandomAccessFile file, Arena arena, MemorySegment all) {
    this.path = path;
    this.length = length;
    this.file = file;
    this.arena = arena;
    this.segment = all;
  }

  /// Opens the file, or creates it with this length.
  ///
  /// @param length for a file that does not exist yet; an existing one keeps its own
  static RegionFile open(Path path, long length) {
    Arena arena = Arena.ofShared();
    try {
      RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
      try {
        long existing = file.length();
        long mapped = existing > 0 ? existing : length;
        MemorySegment all = file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, mapped, arena);
        return new RegionFile(path, mapped, file, arena, all);
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      arena.close();
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
    return segment;
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

  /// Writes everything to the device.
  void force() {
    segment.force();
    try {
      file.getFD().sync();
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
    try {
      file.close();
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
  }
}
