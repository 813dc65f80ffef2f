package io.kogluktualuk.rdma.verbs;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// A shared mapping of a part of a file: memory that a peer on this host can map as well.
///
/// When such memory is registered, the software provider tells peers the file instead of moving the
/// bytes for them. To a hardware provider it is memory like any other.
///
/// **Threading:** any thread. **Ownership:** the creator closes, after deregistering.
/// **Invariant:** mappings that are open never overlap in address, so an address has one file.
public final class FileMapping implements AutoCloseable {

  /// Process-wide like the address space that it describes.
  private static final ConcurrentSkipListMap<Long, FileMapping> BY_ADDRESS =
      new ConcurrentSkipListMap<>();

  private final Path file;
  private final long offset;
  private final long inode;
  private final Arena arena;
  private final MemorySegment segment;

  private FileMapping(Path file, long offset, long inode, Arena arena, MemorySegment segment) {
    this.file = file;
    this.offset = offset;
    this.inode = inode;
    this.arena = arena;
    this.segment = segment;
  }

  /// Maps `length` bytes of an existing file for reading and writing, shared with every other
  /// mapping of it.
  ///
  /// @throws NotFound when there is no such file
  /// @throws InvalidArgument when the file is shorter than `offset + length`
  public static FileMapping open(Path file, long offset, long length) {
    Path real = file.toAbsolutePath().normalize();
    if (!Files.isRegularFile(real)) {
      throw new NotFound("no file to map at " + real);
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel =
        FileChannel.open(real, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long size = channel.size();
      if (offset < 0 || length <= 0 || offset > size - length) {
        throw new InvalidArgument(
            "cannot map " + length + " bytes at " + offset + " of " + real + ", it has " + size);
      }
      MemorySegment segment = channel.map(MapMode.READ_WRITE, offset, length, arena);
      FileMapping mapping = new FileMapping(real, offset, inodeOf(real), arena, segment);
      BY_ADDRESS.put(segment.address(), mapping);
      return mapping;
    } catch (IOException e) {
      arena.close();
      throw new UncheckedIOException("cannot map " + real, e);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /// The open mapping that contains this range entirely, or null.
  public static @Nullable FileMapping containing(long address, long length) {
    Map.Entry<Long, FileMapping> entry = BY_ADDRESS.floorEntry(address);
    if (entry == null) {
      return null;
    }
    FileMapping mapping = entry.getValue();
    long into = address - entry.getKey();
    return into + length <= mapping.segment.byteSize() ? mapping : null;
  }

  /// A number that tells apart files that had the same path one after another; 0 where there is
  /// none.
  public static long inodeOf(Path file) throws IOException {
    try {
      return (Long) Files.getAttribute(file, "unix:ino");
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return 0;
    }
  }

  public Path file() {
    return file;
  }

  /// Where in the file the mapping begins.
  public long offset() {
    return offset;
  }

  public long inode() {
    return inode;
  }

  public MemorySegment segment() {
    return segment;
  }

  @Override
  public void close() {
    if (BY_ADDRESS.remove(segment.address(), this)) {
      arena.close();
    }
  }
}
