package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A disk in memory whose machine can stop.
///
/// What was forced is there afterwards. Of the rest each block of 4 KiB is by itself the old one,
/// the new one, or torn: its first part, in sectors of 512 bytes, new and the rest old. A length
/// that was not forced is the old or the new one. A file that was never forced may be gone.
/// Renaming and deleting last at once.
///
/// The process, or the machine, can be made to stop in the middle of something: before any of the
/// changes that it makes ([#stopAfter]), or in the middle of a write. Then nothing is changed any
/// more, until the next start ([#crash] or [#revive]).
///
/// **Threading:** one thread. **Ownership:** owns all memory; [#crash] and [#close] leave it to
/// the collector.
final class CrashingDisk implements Disk {

  private static final int BLOCK_BYTES = 4096;
  private static final int SECTOR_BYTES = 512;
  private static final int NEVER = Integer.MAX_VALUE;

  /// It has stopped: whoever used it is no more.
  static final class Stopped extends RuntimeException {

    private static final long serialVersionUID = 1;

    Stopped() {
      super("it has stopped", null, false, false);
    }
  }

  private final Path folder;
  private final DiskMemory memory;
  private final long reach;
  private final Map<String, Content> files = new HashMap<>();
  private boolean isDying;
  private int changesLeft = NEVER;
  private double writtenShare;
  private long memoryBytes = Long.MAX_VALUE;
  private @Nullable CrashingDisk tier;

  CrashingDisk(Path folder) {
    this(folder, new DiskMemory(), Long.MAX_VALUE);
  }

  /// @param memory where that of mapped files comes from
  /// @param reach how many bytes of each file are ever used; behind them it is all zeros
  CrashingDisk(Path folder, DiskMemory memory, long reach) {
    this.folder = folder;
    this.memory = memory;
    this.reach = reach;
  }

  /// Gives its memory back; nothing of it is to be used any more.
  void discard() {
    files.values().forEach(content -> memory.giveBack(content.now));
    files.clear();
  }

  /// A memory tier has at most so many bytes.
  void limitMemory(long bytes) {
    memoryBytes = bytes;
  }

  /// What the memory tier has.
  CrashingDisk tier() {
    return Objects.requireNonNull(tier);
  }

  /// It stops before so many more changes; a write that is one too many is done in part.
  ///
  /// @param share how much of it
  void stopAfter(int changes, double share) {
    changesLeft = changes;
    writtenShare = share;
  }

  boolean hasStopped() {
    return changesLeft < 0;
  }

  /// Another process begins; the machine has run on.
  void revive() {
    changesLeft = NEVER;
  }

  private void change() {
    if (mustStop()) {
      throw new Stopped();
    }
  }

  private boolean mustStop() {
    if (changesLeft >= 0 && changesLeft < NEVER) {
      changesLeft--;
    }
    return changesLeft < 0;
  }

  /// From now on every sync fails.
  void breakDevice() {
    isDying = true;
  }

  /// The machine stops and starts again. Everything that was open is not to be used any more.
  void crash(RandomGenerator random) {
    revive();
    files.values().removeIf(content -> !content.wasForced && random.nextBoolean());
    files.values().forEach(content -> content.crash(random));
  }

  /// The bytes of a file, as the kernel has them.
  MemorySegment bytes(String name) {
    Content content = files.get(name);
    if (content == null) {
      throw new Unavailable("no file " + name);
    }
    return content.now.asSlice(0, content.length);
  }

  @Override
  public Path path(String name) {
    return folder.resolve(name);
  }

  @Override
  public boolean exists(String name) {
    return files.containsKey(name);
  }

  @Override
  public long length(String name) throws IOException {
    Content content = files.get(name);
    if (content == null) {
      throw new FileNotFoundException(name);
    }
    return content.length;
  }

  @Override
  public long usableBytes() {
    return 1L << 40;
  }

  @Override
  public void delete(String name) {
    change();
    Content gone = files.remove(name);
    if (gone != null) {
      memory.giveBack(gone.now);
    }
  }

  @Override
  public void replace(String name, String by) throws IOException {
    change();
    Content content = files.remove(by);
    if (content == null) {
      throw new FileNotFoundException(by);
    }
    files.put(name, content);
  }

  @Override
  public void keep(String name, String as) {
    change();
    files.put(as, files.getOrDefault(name, new Content(reach)));
  }

  @Override
  public OpenFile open(String name) {
    if (!files.containsKey(name)) {
      change();
    }
    return new Handle(files.computeIfAbsent(name, _ -> new Content(reach)));
  }

  @Override
  public MappedFile map(String name, long length) {
    if (!files.containsKey(name)) {
      change();
    }
    Content content = files.computeIfAbsent(name, _ -> new Content(reach));
    if (content.length == 0) {
      content.now = memory.lend(length, Math.min(length, reach));
      content.grow(length);
    }
    return new Handle(content);
  }

  @Override
  public MemoryRegions memory(TierSettings settings, long regionBytesMax) {
    long bytes = Math.min(settings.capacity().bytes(), memoryBytes);
    tier = new CrashingDisk(settings.folder(), memory, reach);
    return MemoryRegions.take(tier, "simulated", bytes, regionBytesMax, false);
  }

  @Override
  public MemorySegment scratch(long bytes) {
    return Arena.ofAuto().allocate(bytes, Long.BYTES);
  }

  @Override
  public void close() {
    // What it has is what a start after an orderly stop finds.
  }

  /// What a file has, and what it would have after a stop.
  private static final class Content {

    private MemorySegment now = Arena.ofAuto().allocate(0, 64);
    private MemorySegment device = now;
    private long length;
    private long deviceLength;
    private boolean wasForced;
    private final long reach;

    Content(long reach) {
      this.reach = reach;
    }

    void grow(long atLeast) {
      if (atLeast > now.byteSize()) {
        long capacity = Math.max(atLeast, Math.min(2 * now.byteSize(), now.byteSize() + (1 << 20)));
        now = Arena.ofAuto().allocate(capacity, 64).copyFrom(now);
      }
      long kept = Math.min(now.byteSize(), reach);
      if (device.byteSize() < kept) {
        device = Arena.ofAuto().allocate(kept, 64).copyFrom(device);
      }
      length = Math.max(length, atLeast);
    }

    void force() {
      device.copyFrom(now.asSlice(0, device.byteSize()));
      deviceLength = length;
      wasForced = true;
    }

    void crash(RandomGenerator random) {
      for (long at = nextDifference(0); at >= 0; at = nextDifference(at)) {
        long block = at - at % BLOCK_BYTES;
        long end = Math.min(device.byteSize(), block + BLOCK_BYTES);
        long torn =
            switch (random.nextInt(3)) {
              case 0 -> 0;
              case 1 -> end - block;
              default -> Math.min(end - block, (long) random.nextInt(9) * SECTOR_BYTES);
            };
        MemorySegment.copy(now, block, device, block, torn);
        now.asSlice(block, end - block).copyFrom(device.asSlice(block, end - block));
        at = end;
      }
      length = random.nextBoolean() ? length : deviceLength;
      force();
    }

    private long nextDifference(long from) {
      if (from >= device.byteSize()) {
        return -1;
      }
      long left = device.byteSize() - from;
      long found = now.asSlice(from, left).mismatch(device.asSlice(from, left));
      return found < 0 ? -1 : from + found;
    }
  }

  private final class Handle implements MappedFile {

    private final Content content;

    Handle(Content content) {
      this.content = content;
    }

    @Override
    public MemorySegment segment() {
      return content.now.asSlice(0, content.length);
    }

    @Override
    public boolean isMemory() {
      return false;
    }

    @Override
    public long length() {
      return content.length;
    }

    @Override
    public int read(byte[] target, long from) {
      int read = Math.clamp(content.length - from, 0, target.length);
      MemorySegment.copy(content.now, ValueLayout.JAVA_BYTE, from, target, 0, read);
      return read;
    }

    @Override
    public void write(byte[] source, int length, long to) {
      boolean wasStopped = hasStopped();
      if (!mustStop()) {
        put(source, length, to);
        return;
      }
      if (!wasStopped) {
        // The kernel gives up between two pages, and within a page it does not.
        long end = (to + (long) (length * writtenShare)) / BLOCK_BYTES * BLOCK_BYTES;
        put(source, (int) Math.max(0, end - to), to);
      }
      throw new Stopped();
    }

    private void put(byte[] source, int length, long to) {
      content.grow(to + length);
      int used = Math.clamp(reach - to, 0, length);
      MemorySegment.copy(source, 0, content.now, ValueLayout.JAVA_BYTE, to, used);
    }

    @Override
    public void setLength(long length) {
      change();
      content.grow(length);
      content.now.asSlice(length).fill((byte) 0);
      content.length = length;
    }

    @Override
    public void force() throws IOException {
      change();
      if (isDying) {
        throw new IOException("Input/output error");
      }
      content.force();
    }

    @Override
    public void close() {
      // Others may have it open.
    }
  }
}
