package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.FabricException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// A folder of the file system.
///
/// Plain files, not channels: an interrupted thread would close a channel under everybody else.
///
/// **Threading:** as [Disk]. A file has one position, so reads and writes take turns.
/// **Ownership:** owns the scratch memory, and one thread.
final class FolderDisk implements Disk {

  /// File systems whose files are memory.
  private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs", "hugetlbfs");

  private final Path folder;
  private final Arena scratch = Arena.ofShared();
  private final ExecutorService second =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("memnode-sync-", 0).factory());

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
        return new Mapped(file, arena, all, isMemory(path(name)));
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private static boolean isMemory(Path file) throws IOException {
    return MEMORY.contains(Files.getFileStore(file.toAbsolutePath()).type());
  }

  @Override
  public MemoryRegions memory(TierSettings settings, long regionBytesMax) {
    return MemoryRegions.open(settings, regionBytesMax);
  }

  @Override
  public MemorySegment scratch(long bytes) {
    return scratch.allocate(bytes, Long.BYTES);
  }

  @Override
  public void both(Runnable one, Runnable other) {
    CompletableFuture<Void> done = CompletableFuture.runAsync(one, second);
    try {
      other.run();
    } finally {
      await(done);
    }
  }

  private static void await(CompletableFuture<Void> done) {
    try {
      done.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof FabricException fault ? fault : e;
    }
  }

  @Override
  public void close() {
    second.close();
    if (scratch.scope().isAlive()) {
      scratch.close();
    }
  }

  private static class Plain implements OpenFile {

    private final RandomAccessFile file;

    /// Held from choosing the file's position until what is there has been read or written.
    private final Lock position = new ReentrantLock();

    Plain(RandomAccessFile file) {
      this.file = file;
    }

    @Override
    public long length() throws IOException {
      return file.length();
    }

    @Override
    public int read(byte[] target, long from) throws IOException {
      position.lock();
      try {
        file.seek(from);
        int length = 0;
        int more;
        while ((more = file.read(target, length, target.length - length)) > 0) {
          length += more;
        }
        return length;
      } finally {
        position.unlock();
      }
    }

    @Override
    public void write(byte[] source, int length, long to) throws IOException {
      position.lock();
      try {
        file.seek(to);
        file.write(source, 0, length);
      } finally {
        position.unlock();
      }
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
    private final boolean isMemory;

    Mapped(RandomAccessFile file, Arena arena, MemorySegment segment, boolean isMemory) {
      super(file);
      this.arena = arena;
      this.segment = segment;
      this.isMemory = isMemory;
    }

    @Override
    public boolean isMemory() {
      return isMemory;
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
