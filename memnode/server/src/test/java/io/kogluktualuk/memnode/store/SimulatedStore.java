package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The real store of a memory node on a disk that loses what was not synced, for simulations.
///
/// **Threading:** one thread.
public final class SimulatedStore {

  /// More than what blobs ever take in a simulation.
  private static final long REACH = 256 << 10;

  private static final StoreSettings SETTINGS =
      new StoreSettings(
          ByteCount.mebibytes(16), 64, Duration.ofSeconds(5), 16L << 20, WindowSlots.BYTES_MIN);

  private final Path path;
  private final DiskMemory memory;
  private final RandomGenerator random;
  private final LongSupplier nanoTime;
  private CrashingDisk disk;
  private @Nullable StateFolder folder;
  private @Nullable MemoryStore store;
  private int boot;

  public SimulatedStore(
      Path path, DiskMemory memory, RandomGenerator random, LongSupplier nanoTime) {
    this.path = path;
    this.memory = memory;
    this.random = random;
    this.nanoTime = nanoTime;
    this.disk = new CrashingDisk(path, memory, REACH);
  }

  /// Starts it on what the disk has.
  public MemoryStore start() {
    folder = StateFolder.open(path, "boot-" + boot, "node");
    store =
        MemoryStore.open(
            folder,
            disk,
            SETTINGS,
            nanoTime,
            () -> Instant.ofEpochSecond(nanoTime.getAsLong() / 1_000_000_000L),
            random.nextInt(1 << 30));
    return store;
  }

  public MemoryStore running() {
    return Objects.requireNonNull(store);
  }

  /// The process ends, and the kernel keeps what was written.
  public void kill() {
    Objects.requireNonNull(folder).close();
    store = null;
  }

  /// The machine stops.
  public void crash() {
    kill();
    disk.crash(random);
    boot++;
  }

  /// The disk is replaced by an empty one.
  public void wipe() {
    discard();
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    disk = new CrashingDisk(path, memory, REACH);
  }

  /// Lets go of everything; it must not be running.
  public void discard() {
    disk.discard();
  }

  /// Gives windows their new keys.
  public void renewSlots() {
    try {
      WindowSlot slot = running().awaitRetired(Duration.ZERO);
      while (slot != null) {
        running().renewed(slot);
        slot = running().awaitRetired(Duration.ZERO);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// A peer's one-sided write to the window it was lent.
  public void write(WindowSlot slot, Blob blob) {
    MemorySegment.copy(blob.bytes(), 0, disk.bytes("windows"), slot.offset(), blob.length());
  }

  /// A peer's one-sided read; null when the blob is not here.
  public byte @Nullable [] read(Hash hash) {
    BlobLocation place = running().locate(hash);
    if (place == null) {
      return null;
    }
    if (place.offset() + place.length() > REACH) {
      throw new IllegalStateException("a blob lies behind what the disk simulates: " + place);
    }
    return disk.bytes(Regions.name(place.region()))
        .asSlice(place.offset(), place.length())
        .toArray(ValueLayout.JAVA_BYTE);
  }

  /// All blobs that are here.
  public List<Hash> hashes() {
    return running()
        .withResidents(
            residents -> {
              List<Hash> all = new ArrayList<>();
              for (int at = 0; at < residents.table().limit(); at++) {
                if (residents.table().isPresent(at)) {
                  all.add(residents.hash(at));
                }
              }
              return all;
            });
  }
}
