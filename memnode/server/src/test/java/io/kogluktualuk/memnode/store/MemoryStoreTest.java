package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.Reservation;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.SealResult;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryStoreTest {

  private static final Duration LIFETIME = Duration.ofSeconds(10);

  private final Path path;

  MemoryStoreTest(@TempDir Path path) {
    this.path = path;
  }

  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
  private final AtomicLong clock = new AtomicLong();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private StoreSettings settings =
      new StoreSettings(ByteCount.mebibytes(64), 1000, LIFETIME, 16L << 20);

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  private MemoryStore open(String bootId) {
    StateFolder folder = StateFolder.open(path, bootId, "node");
    opened.add(folder);
    MemoryStore store = MemoryStore.open(folder, settings, clock::get, random.nextLong(1L << 60));
    opened.add(store);
    return store;
  }

  /// Lets go of the folder without an orderly close, as the death of the process would.
  private void die() throws Exception {
    opened.remove(1); // the store: its mappings stay, nothing is forced or marked
    opened.remove(0).close();
  }

  private void stop() throws Exception {
    opened.remove(1).close();
    opened.remove(0).close();
  }

  private Blob blob(int length) {
    return Blob.of(Mutations.randomBytes(length, random));
  }

  private static List<ReserveRequest.Item> items(List<Blob> blobs) {
    return blobs.stream().map(b -> new ReserveRequest.Item(b.hash(), b.length())).toList();
  }

  private void write(Blob blob, BlobLocation location) {
    Path file = path.resolve(String.format("region-%04d", location.region()));
    try (RandomAccessFile region = new RandomAccessFile(file.toFile(), "rw")) {
      region.seek(location.offset());
      region.write(blob.toArray());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private byte[] stored(MemoryStore store, Blob blob) throws IOException {
    BlobLocation location = store.locate(blob.hash());
    assertNotNull(location, () -> blob + " is not there");
    assertEquals(blob.length(), location.length());
    Path file = store.regions().get(location.region()).path();
    try (RandomAccessFile region = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = new byte[location.length()];
      region.seek(location.offset());
      region.readFully(bytes);
      return bytes;
    }
  }

  private Reservation.Window window(MemoryStore store, Blob blob) {
    return assertInstanceOf(
        Reservation.Window.class, store.reserve(items(List.of(blob))).items().getFirst());
  }

  private SealResponse put(MemoryStore store, List<Blob> blobs) {
    List<Long> ids = new ArrayList<>();
    List<Reservation> reserved = store.reserve(items(blobs)).items();
    for (int i = 0; i < blobs.size(); i++) {
      if (reserved.get(i) instanceof Reservation.Window(long id, BlobLocation location)) {
        write(blobs.get(i), location);
        ids.add(id);
      }
    }
    return store.seal(ids);
  }

  private static void assertFailed(Class<? extends FabricException> kind, SealResponse response) {
    SealResult.Failed failed =
        assertInstanceOf(SealResult.Failed.class, response.items().getFirst());
    assertEquals(kind, FabricException.ofTag(failed.tag(), "").getClass());
    assertTrue(!response.failure().isEmpty());
  }

  @Test
  void whatWasSealedIsThereAfterEveryKindOfStop() throws Exception {
    List<Blob> blobs =
        new ArrayList<>(List.of(blob(0), blob(1), blob(64), blob(65), blob(4 << 20)));
    MemoryStore store = open("boot-1");
    assertEquals("", put(store, blobs).failure());
    die();
    store = open("boot-1");
    Blob later = blob(100_000);
    put(store, List.of(later));
    blobs.add(later);
    stop();
    store = open("boot-2");
    die();
    store = open("boot-3");
    for (Blob blob : blobs) {
      assertArrayEquals(blob.toArray(), stored(store, blob));
    }
    assertEquals(0, store.status().dropped());
    assertEquals(blobs.size(), store.status().blobs());
  }

  @Test
  void nothingIsVisibleBeforeItIsSealed() throws Exception {
    MemoryStore store = open("boot-1");
    Blob blob = blob(1000);
    Reservation.Window window = window(store, blob);
    write(blob, window.location());
    assertNull(store.locate(blob.hash()));
    die();
    store = open("boot-1");
    assertNull(store.locate(blob.hash()));
    assertFailed(NotFound.class, store.seal(List.of(window.window())));
  }

  @Test
  void wrongBytesAreRefusedAndTheirRoomComesBack() {
    MemoryStore store = open("boot-1");
    Blob blob = blob(1000);
    Reservation.Window window = window(store, blob);
    write(blob(1000), window.location());
    assertFailed(Corruption.class, store.seal(List.of(window.window())));
    assertNull(store.locate(blob.hash()));
    assertEquals(1, store.status().refused());
    assertTrue(store.status().usedBytes() > 0, "a late write may still come");
    clock.addAndGet(LIFETIME.toNanos());
    assertEquals(0, store.status().usedBytes());
  }

  @Test
  void aWindowIsUsedOnce() {
    MemoryStore store = open("boot-1");
    Blob blob = blob(1000);
    Reservation.Window window = window(store, blob);
    write(blob, window.location());
    SealResponse response = store.seal(List.of(window.window(), window.window()));
    assertInstanceOf(SealResult.Sealed.class, response.items().get(0));
    assertInstanceOf(SealResult.Failed.class, response.items().get(1));
    assertFailed(NotFound.class, store.seal(List.of(window.window())));
    assertNotNull(store.locate(blob.hash()));
  }

  @Test
  void anAbandonedWindowExpiresAndItsRoomComesBackLater() {
    MemoryStore store = open("boot-1");
    Blob blob = blob(1000);
    Reservation.Window window = window(store, blob);
    write(blob, window.location());
    clock.addAndGet(LIFETIME.toNanos());
    assertFailed(NotFound.class, store.seal(List.of(window.window())));
    assertEquals(0, store.status().windowsOpen());
    assertTrue(store.status().usedBytes() > 0);
    clock.addAndGet(LIFETIME.toNanos());
    assertEquals(0, store.status().usedBytes());
  }

  @Test
  void theSameBlobIsStoredOnce() {
    MemoryStore store = open("boot-1");
    Blob blob = blob(5000);
    Reservation.Window first = window(store, blob);
    Reservation.Window second = window(store, blob);
    Reservation.Window third = window(store, blob);
    List.of(first, second, third).forEach(window -> write(blob, window.location()));
    SealResponse both = store.seal(List.of(first.window(), second.window()));
    assertEquals(new SealResult.Sealed(first.location()), both.items().get(0));
    assertEquals(new SealResult.Sealed(first.location()), both.items().get(1));
    SealResponse late = store.seal(List.of(third.window()));
    assertEquals(new SealResult.Sealed(first.location()), late.items().getFirst());
    assertEquals(
        new Reservation.Present(first.location()),
        store.reserve(items(List.of(blob))).items().getFirst());
    clock.addAndGet(LIFETIME.toNanos());
    assertEquals(Extent.sizeFor(5000), store.status().usedBytes());
  }

  @Test
  void capacityIsABoundThatLosesNothing() throws Exception {
    MemoryStore store = open("boot-1");
    List<Blob> stored = new ArrayList<>();
    MemoryStore.Reserved refused;
    while (true) {
      Blob blob = blob(3 << 20);
      refused = store.reserve(items(List.of(blob)));
      if (!(refused.items().getFirst() instanceof Reservation.Window(long id, var location))) {
        break;
      }
      write(blob, location);
      store.seal(List.of(id));
      stored.add(blob);
    }
    assertEquals(20, stored.size(), "five in each of four regions of 16 MiB");
    assertTrue(refused.failure().contains(path.toString()), refused.failure());
    assertTrue(refused.failure().contains("64.0 MiB"), refused.failure());
    put(store, List.of(blob(500_000)));
    stop();
    store = open("boot-1");
    for (Blob blob : stored) {
      assertArrayEquals(blob.toArray(), stored(store, blob));
    }
  }

  @Test
  void theIndexIsABoundThatLosesNothing() throws Exception {
    settings = new StoreSettings(ByteCount.mebibytes(64), 10, LIFETIME, 16L << 20);
    MemoryStore store = open("boot-1");
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      blobs.add(blob(100));
    }
    MemoryStore.Reserved reserved = store.reserve(items(blobs));
    assertInstanceOf(Reservation.Window.class, reserved.items().get(9));
    assertInstanceOf(Reservation.Refusal.class, reserved.items().get(10));
    assertTrue(reserved.failure().contains("index for 10 blobs"), reserved.failure());
    clock.addAndGet(2 * LIFETIME.toNanos());
    put(store, blobs.subList(0, 10));
    stop();
    settings = new StoreSettings(ByteCount.mebibytes(64), 9, LIFETIME, 16L << 20);
    OutOfSpace tooSmall = assertThrows(OutOfSpace.class, () -> open("boot-1"));
    assertTrue(String.valueOf(tooSmall.getMessage()).contains("make it larger"));
    opened.removeLast().close();
    settings = new StoreSettings(ByteCount.mebibytes(64), 2000, LIFETIME, 16L << 20);
    store = open("boot-1");
    for (Blob blob : blobs.subList(0, 10)) {
      assertArrayEquals(blob.toArray(), stored(store, blob));
    }
  }

  @Test
  void afterAStopOfTheMachineOnlyIntactBlobsAreServed() throws Exception {
    MemoryStore store = open("boot-1");
    List<Blob> blobs = List.of(blob(1000), blob(600_000), blob(2000));
    put(store, blobs);
    BlobLocation lost = store.locate(blobs.get(1).hash());
    assertNotNull(lost);
    die();
    write(blob(600_000), lost);
    store = open("boot-1");
    assertEquals(0, store.status().dropped(), "the kernel keeps every write: nobody looks");
    die();
    store = open("boot-2");
    assertNull(store.locate(blobs.get(1).hash()));
    assertEquals(1, store.status().dropped());
    assertArrayEquals(blobs.get(0).toArray(), stored(store, blobs.get(0)));
    assertArrayEquals(blobs.get(2).toArray(), stored(store, blobs.get(2)));
    put(store, blobs);
    die();
    store = open("boot-3");
    assertEquals(0, store.status().dropped());
    for (Blob blob : blobs) {
      assertArrayEquals(blob.toArray(), stored(store, blob));
    }
  }

  @Test
  void afterCloseEveryCallSaysSo() throws Exception {
    MemoryStore store = open("boot-1");
    Blob blob = blob(10);
    put(store, List.of(blob));
    stop();
    store.close();
    assertThrows(AlreadyClosed.class, () -> store.reserve(items(List.of(blob))));
    assertThrows(AlreadyClosed.class, () -> store.seal(List.of(1L)));
    assertThrows(AlreadyClosed.class, () -> store.locate(blob.hash()));
    assertThrows(AlreadyClosed.class, store::status);
  }

  @Test
  void manyThreadsPutTheSameAndOtherBlobs() throws Exception {
    MemoryStore store = open("boot-1");
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      blobs.add(blob(random.nextInt(30_000)));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int from = i * 20;
        running.add(threads.submit(() -> put(store, blobs.subList(from, from + 60))));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    for (Blob blob : blobs) {
      assertArrayEquals(blob.toArray(), stored(store, blob));
    }
    assertEquals(200, store.status().blobs());
    clock.addAndGet(LIFETIME.toNanos());
    long expected = blobs.stream().mapToLong(blob -> Extent.sizeFor(blob.length())).sum();
    assertEquals(expected, store.status().usedBytes());
  }
}
