package io.kogluktualuk.memnode.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// A folder of the file system.
///
/// Plain files, not channels: an interrupted thread would close a channel under everybody else.
///
/// **Threading:** one thread at a time for each file; any for the rest.
/// **Ownership:** owns the scratch memory.
final class FolderDisk implements Disk {

  private final Path folder;
  private final Arena scratch = Arena.ofShared();

  FolderDisk(Path folder) {
    this.folder = folder;
  }

  @Override
  public Path path(String name) {
    return folder.resolve(name);
  }

  @Override
  public boolean exists(String name) {
    return Files.exists(path(name));
  }

  @Override
  public long length(String name) throws IOException {
    return Files.size(path(name));
  }

  @Override
  public long usableBytes() throws IOException {
    return Files.getFileStore(folder.toAbsolutePath()).getUsableSpace();
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(path(name));
  }

  @Override
  public void replace(String name, String by) throws IOException {
    Files.move(
        path(by), path(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void keep(String name, String as) throws IOException {
    Files.deleteIfExists(path(as));
    try {
      Files.createLink(path(as), path(name));
    } catch (UnsupportedOperationException e) {
      Files.copy(path(name), path(as));
    }
  }

  @Override
  public OpenFile open(String name) throws IOException {
    return new Plain(new RandomAccessFile(path(name).toFile(), "rw"));
  }

  @Override
  public MappedFile map(String name, long length) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      RandomAccessFile file = new RandomAccessFile(path(name).toFile(), "rw");
      try {
        long mapped = file.length() > 0 ? file.length() : length;
        MemorySegment all = file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, mapped, arena);
        return new Mapped(file, arena, all);
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  @Override
  public MemorySegment scratch(long bytes) {
    return scratch.allocate(bytes, Long.BYTES);
  }

  @Override
  public void close() {
    if (scratch.scope().isAlive()) {
      scratch.close();
    }
  }

  private static class Plain implements OpenFile {

    private final RandomAccessFile file;

    Plain(RandomAccessFile file) {
      this.file = file;
    }

    @Override
    public long length() throws IOException {
      return file.length();
    }

    @Override
    public int read(byte[] target, long from) throws IOException {
      file.seek(from);
      int length = 0;
      int more;
      while ((more = file.read(target, length, target.length - length)) > 0) {
        length += more;
      }
      return length;
    }

    @Override
    public void write(byte[] source, int length, long to) throws IOException {
      file.seek(to);
      file.write(source, 0, length);
    }

    @Override
    public void setLength(long length) throws IOException {
      file.setLength(length);
    }

    @Override
    public void force() throws IOException {
      file.getFD().sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private static final class Mapped extends Plain implements MappedFile {

    private final Arena arena;
    private final MemorySegment segment;

    Mapped(RandomAccessFile file, Arena arena, MemorySegment segment) {
      super(file);
      this.arena = arena;
      this.segment = segment;
    }

    @Override
    public MemorySegment segment() {
      return segment;
    }

    @Override
    public void close() throws IOException {
      if (arena.scope().isAlive()) {
        arena.close();
      }
      super.close();
    }
  }
}
