package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.Reservation;
import io.kogluktualuk.memnode.api.SessionId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// A store on a folder, with a client that puts and looks.
///
/// **Threading:** [#put] any thread; the rest one thread.
final class OpenStore implements AutoCloseable {

  private static final SessionId SESSION = new SessionId(3, 4);

  private final Path path;
  private final StoreSettings settings;
  private final RandomGenerator random = new SplittableRandom(7);
  private StateFolder folder;
  private MemoryStore store;

  OpenStore(Path path, StoreSettings settings) {
    this(path, settings, new FolderDisk(path));
  }

  /// @param disk on that path
  OpenStore(Path path, StoreSettings settings, Disk disk) {
    this.path = path;
    this.settings = settings;
    this.folder = StateFolder.open(path, "boot", "node");
    try {
      this.store = openStore(disk);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  private MemoryStore openStore(Disk disk) {
    return MemoryStore.open(
        folder,
        disk,
        settings,
        System::nanoTime,
        InstantSource.fixed(Instant.ofEpochSecond(1_000_000)),
        random.nextLong(1L << 60));
  }

  MemoryStore store() {
    return store;
  }

  /// Ends it in order and opens it again.
  void reopen() {
    close();
    folder = StateFolder.open(path, "boot", "node");
    store = openStore(new FolderDisk(path));
  }

  List<Blob> blobs(int count, int length) {
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blobs.add(Blob.of(Mutations.randomBytes(length, random)));
    }
    return blobs;
  }

  MemoryStore.Reserved reserve(Blob blob, Keep keep) {
    return store.reserveOn(
        SESSION,
        List.of(new MemoryStore.Wanted(blob.hash(), blob.length(), keep)),
        Deadline.after(Duration.ofSeconds(20)));
  }

  void put(List<Blob> blobs, Keep keep) throws InterruptedException {
    Deadline deadline = Deadline.after(Duration.ofSeconds(60));
    MemoryStore.Reserved reserved;
    do {
      assertFalse(deadline.hasPassed(), "there is no window");
      for (WindowSlot slot = store.awaitRetired(Duration.ZERO);
          slot != null;
          slot = store.awaitRetired(Duration.ZERO)) {
        store.renewed(slot);
      }
      reserved =
          store.reserveOn(
              SESSION,
              blobs.stream().map(b -> new MemoryStore.Wanted(b.hash(), b.length(), keep)).toList(),
              Deadline.after(Duration.ofMillis(100)));
      assertEquals("", reserved.failure());
    } while (reserved.items().contains(new Reservation.Later()));
    MemoryStore.Lent window = reserved.window();
    if (window == null) {
      return;
    }
    long at = window.slot().offset();
    try (RandomAccessFile file = new RandomAccessFile(store.windowFile().path().toFile(), "rw")) {
      for (int i = 0; i < blobs.size(); i++) {
        if (reserved.items().get(i) instanceof Reservation.Granted()) {
          file.seek(at);
          file.write(blobs.get(i).toArray());
          at += blobs.get(i).length();
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertEquals("", store.seal(SESSION, window.id()).failure());
  }

  BlobLocation locate(Blob blob) {
    return Objects.requireNonNull(store.locate(blob.hash()), () -> blob + " is not there");
  }

  boolean evict(Blob blob) {
    return store.withResidents(
        residents -> {
          int ordinal = residents.ordinal(blob.hash());
          return ordinal != BlobTable.NONE && residents.evict(ordinal);
        });
  }

  void assertIntact(Blob blob) throws IOException {
    BlobLocation location = locate(blob);
    Path file = store.regions().get(location.region()).path();
    try (RandomAccessFile region = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = new byte[location.length()];
      region.seek(location.offset());
      region.readFully(bytes);
      assertArrayEquals(blob.toArray(), bytes);
    }
  }

  /// Changes one bit of a blob, as failing memory would.
  void flipBit(BlobLocation location, int at) throws IOException {
    Path file = store.regions().get(location.region()).path();
    try (RandomAccessFile region = new RandomAccessFile(file.toFile(), "rw")) {
      region.seek(location.offset() + at);
      int now = region.read();
      region.seek(location.offset() + at);
      region.write(now ^ 1);
    }
  }

  long logBytes() throws IOException {
    return Files.size(path.resolve("sealed.log"));
  }

  @Override
  public void close() {
    store.close();
    folder.close();
  }
}
