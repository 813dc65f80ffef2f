package io.kogluktualuk.memnode.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A folder whose device is as slow as a test says: while it is [#slow], each sync of a region
/// waits until it is let through.
///
/// **Threading:** as [FolderDisk]; [#slow], [#fast], [#isWaitedFor] and [#letOneThrough] any
/// thread.
final class SlowDisk implements Disk {

  private final FolderDisk disk;
  private final Semaphore waiting = new Semaphore(0);
  private final Semaphore through = new Semaphore(0);
  private volatile boolean isSlow;

  SlowDisk(Path folder) {
    disk = new FolderDisk(folder);
  }

  void slow() {
    isSlow = true;
  }

  /// Lets everybody through from now on.
  void fast() {
    isSlow = false;
    through.release(Integer.MAX_VALUE / 2);
  }

  /// Whether a sync waits that has not been told of before; waits a moment for one.
  boolean isWaitedFor() throws InterruptedException {
    return waiting.tryAcquire(20, TimeUnit.MILLISECONDS);
  }

  void letOneThrough() {
    through.release();
  }

  private void pass() {
    if (isSlow) {
      waiting.release();
      through.acquireUninterruptibly();
    }
  }

  @Override
  public Path path(String name) {
    return disk.path(name);
  }

  @Override
  public boolean exists(String name) throws IOException {
    return disk.exists(name);
  }

  @Override
  public long length(String name) throws IOException {
    return disk.length(name);
  }

  @Override
  public long usableBytes() throws IOException {
    return disk.usableBytes();
  }

  @Override
  public void delete(String name) throws IOException {
    disk.delete(name);
  }

  @Override
  public void replace(String name, String by) throws IOException {
    disk.replace(name, by);
  }

  @Override
  public void keep(String name, String as) throws IOException {
    disk.keep(name, as);
  }

  @Override
  public OpenFile open(String name) throws IOException {
    return disk.open(name);
  }

  @Override
  public MappedFile map(String name, long length) throws IOException {
    MappedFile file = disk.map(name, length);
    return name.startsWith("region-") ? new SlowFile(file) : file;
  }

  @Override
  public MemoryRegions memory(TierSettings settings, long regionBytesMax) {
    return disk.memory(settings, regionBytesMax);
  }

  @Override
  public MemorySegment scratch(long bytes) {
    return disk.scratch(bytes);
  }

  @Override
  public void close() {
    disk.close();
  }

  private final class SlowFile implements MappedFile {

    private final MappedFile file;

    SlowFile(MappedFile file) {
      this.file = file;
    }

    @Override
    public MemorySegment segment() {
      return file.segment();
    }

    @Override
    public boolean isMemory() {
      return false;
    }

    @Override
    public long length() throws IOException {
      return file.length();
    }

    @Override
    public int read(byte[] target, long from) throws IOException {
      return file.read(target, from);
    }

    @Override
    public void write(byte[] source, int length, long to) throws IOException {
      file.write(source, length, to);
    }

    @Override
    public void setLength(long length) throws IOException {
      file.setLength(length);
    }

    @Override
    public void force() throws IOException {
      pass();
      file.force();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
