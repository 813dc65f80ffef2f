package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.SealResult;
import io.kogluktualuk.memnode.api.SessionId;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store on a file system that is smaller than its capacity. Mounts a small tmpfs, so it needs
/// root; it reports itself skipped otherwise.
class FullDiskTest {

  private static final StoreSettings SETTINGS =
      new StoreSettings(ByteCount.gibibytes(1), 1000, Duration.ofSeconds(30), 1 << 30, 12L << 20);
  private static final SessionId SESSION = new SessionId(1, 2);
  private static final int DISK_MEBIBYTES = 36;

  private final Path mount;
  private @Nullable SmallDisk disk;
  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  FullDiskTest(@TempDir Path mount) {
    this.mount = mount;
  }

  @BeforeEach
  void mountSmallDisk() throws Exception {
    disk = SmallDisk.mount(mount, DISK_MEBIBYTES);
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      disk.close();
    }
  }

  private static MemoryStore open(StateFolder folder) {
    return MemoryStore.open(folder, SETTINGS, System::nanoTime, InstantSource.system(), 1);
  }

  private static MemoryStore.Reserved reserve(MemoryStore store, Blob blob) {
    return store.reserve(
        SESSION,
        List.of(new ReserveRequest.Item(blob.hash(), blob.length())),
        Deadline.after(Duration.ofSeconds(5)));
  }

  /// Writes through a mapping, as a peer does: here a missing block would be a SIGBUS.
  private static void write(MemoryStore store, MemoryStore.Lent window, Blob blob)
      throws IOException {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel =
            FileChannel.open(
                store.windowFile().path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel
          .map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena)
          .asSlice(window.slot().offset(), blob.length())
          .copyFrom(blob.bytes());
    }
  }

  private byte[] read(MemoryStore store, Blob blob) throws IOException {
    BlobLocation location = store.locate(blob.hash());
    assertNotNull(location);
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(store.regions().getFirst().path())) {
      MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return all.asSlice(location.offset(), location.length()).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  /// Puts blobs until there is no room, and returns them.
  private List<Blob> fill(MemoryStore store, int length) throws Exception {
    List<Blob> stored = new ArrayList<>();
    while (true) {
      Blob blob = Blob.of(Mutations.randomBytes(length, random));
      MemoryStore.Lent window = reserve(store, blob).window();
      if (window == null) {
        return stored;
      }
      write(store, window, blob);
      SealResponse response = store.seal(SESSION, window.id());
      assertTrue(response.items().getFirst() instanceof SealResult.Sealed, response.failure());
      store.renewed(Objects.requireNonNull(store.awaitRetired(Duration.ZERO)));
      stored.add(blob);
    }
  }

  @Test
  void aFullDiskIsAnErrorThatLosesNothing() throws Exception {
    Path path = mount.resolve("state");
    List<Blob> stored;
    try (StateFolder folder = StateFolder.open(path, "boot-1", "node");
        MemoryStore store = open(folder)) {
      stored = fill(store, 3 << 20);
      assertTrue(
          stored.size() >= 6,
          DISK_MEBIBYTES + " MiB held only " + stored.size() + " blobs of 3 MiB");
      Blob more = Blob.of(Mutations.randomBytes(3 << 20, random));
      String failure = reserve(store, more).failure();
      assertTrue(failure.contains("folder " + path), failure);
      assertTrue(failure.matches(".*needs \\d+ more bytes, \\d+ .* are free.*"), failure);
      stored.addAll(fill(store, 1 << 16));
      for (Blob blob : stored) {
        assertArrayEquals(blob.toArray(), read(store, blob));
      }
    }
    Files.write(
        mount.resolve("filler"), new byte[(int) Files.getFileStore(mount).getUsableSpace()]);
    assertEquals(0, Files.getFileStore(mount).getUsableSpace());
    try (StateFolder folder = StateFolder.open(path, "boot-2", "node");
        MemoryStore store = open(folder)) {
      for (Blob blob : stored) {
        assertArrayEquals(blob.toArray(), read(store, blob));
      }
      assertEquals(0, store.status().dropped());
    }
    Files.delete(mount.resolve("filler"));
  }

  @Test
  void aDiskWithoutRoomForTheIndexIsSaid() throws Exception {
    Files.write(mount.resolve("filler"), new byte[DISK_MEBIBYTES << 20]);
    Files.delete(mount.resolve("filler"));
    Files.write(mount.resolve("filler"), new byte[(DISK_MEBIBYTES << 20) - 100_000]);
    try (StateFolder folder = StateFolder.open(mount.resolve("state"), "boot-1", "node")) {
      OutOfSpace failure = assertThrows(OutOfSpace.class, () -> open(folder));
      assertTrue(String.valueOf(failure.getMessage()).contains("index"), failure.getMessage());
    }
  }
}
