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
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.Reservation;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.SealResult;
import io.kogluktualuk.memnode.api.SessionId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryStoreTest {

  private static final Duration LIFETIME = Duration.ofSeconds(10);
  private static final SessionId SESSION = new SessionId(1, 2);

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
    MemoryStore store =
        MemoryStore.open(
            folder, settings, clock::get, InstantSource.system(), random.nextLong(1L << 60));
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

  /// Overwrites what lies in an arena, as no peer can.
  private void damage(BlobLocation location, Blob other) {
    overwrite(
        path.resolve(String.format("region-%04d", location.region())), location.offset(), other);
  }

  /// Writes to the n-th byte of a window, as a peer does.
  private void write(MemoryStore store, MemoryStore.Lent window, long at, Blob blob) {
    overwrite(store.windowFile().path(), window.slot().offset() + at, blob);
  }

  private static void overwrite(Path path, long offset, Blob blob) {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(offset);
      file.write(blob.toArray());
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

  private static MemoryStore.Reserved reserve(MemoryStore store, List<Blob> blobs) {
    return store.reserve(SESSION, items(blobs), Deadline.after(Duration.ofSeconds(20)));
  }

  private static MemoryStore.Lent window(MemoryStore store, Blob blob) {
    MemoryStore.Reserved reserved = reserve(store, List.of(blob));
    assertEquals(List.of(new Reservation.Granted()), reserved.items());
    assertNotNull(reserved.window());
    return reserved.window();
  }

  /// Gives the slots that have been used another key, as the server does.
  private static void renewKeys(MemoryStore store) {
    try {
      for (WindowSlot slot = store.awaitRetired(Duration.ZERO);
          slot != null;
          slot = store.awaitRetired(Duration.ZERO)) {
        store.renewed(slot);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Puts blobs in one batch; null when all were there.
  private @Nullable SealResponse put(MemoryStore store, List<Blob> blobs) {
    renewKeys(store);
    MemoryStore.Reserved reserved = reserve(store, blobs);
    MemoryStore.Lent window = reserved.window();
    if (window == null) {
      return null;
    }
    long at = 0;
    for (int i = 0; i < blobs.size(); i++) {
      if (reserved.items().get(i) instanceof Reservation.Granted()) {
        write(store, window, at, blobs.get(i));
        at += blobs.get(i).length();
      }
    }
    return store.seal(SESSION, window.id());
  }

  private void mustPut(MemoryStore store, Blob... blobs) {
    for (Blob blob : blobs) {
      SealResponse response = put(store, List.of(blob));
      assertEquals("", response == null ? "" : response.failure());
    }
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
    assertEquals("", Objects.requireNonNull(put(store, blobs)).failure());
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
    MemoryStore.Lent window = window(store, blob);
    write(store, window, 0, blob);
    assertNull(store.locate(blob.hash()));
    die();
    MemoryStore next = open("boot-1");
    assertNull(next.locate(blob.hash()));
    assertThrows(NotFound.class, () -> next.seal(SESSION, window.id()));
    assertEquals(0, next.status().usedBytes());
  }

  @Test
  void wrongBytesAreRefusedAndTheirRoomComesBack() {
    MemoryStore store = open("boot-1");
    Blob blob = blob(1000);
    MemoryStore.Lent window = window(store, blob);
    write(store, window, 0, blob(1000));
    assertFailed(Corruption.class, store.seal(SESSION, window.id()));
    assertNull(store.locate(blob.hash()));
    assertEquals(1, store.status().refused());
    assertEquals(0, store.status().usedBytes(), "no peer can write there");
  }

  @Test
  void aWindowIsUsedOnce() throws Exception {
    MemoryStore store = open("boot-1");
    Blob blob = blob(1000);
    MemoryStore.Lent window = window(store, blob);
    write(store, window, 0, blob);
    assertInstanceOf(SealResult.Sealed.class, store.seal(SESSION, window.id()).items().getFirst());
    assertThrows(NotFound.class, () -> store.seal(SESSION, window.id()));
    write(store, window, 0, blob(1000));
    assertArrayEquals(blob.toArray(), stored(store, blob), "what is sealed lies elsewhere");
  }

  @Test
  void aWindowIsItsSessionsOnly() {
    MemoryStore store = open("boot-1");
    Blob blob = blob(1000);
    MemoryStore.Lent window = window(store, blob);
    write(store, window, 0, blob);
    SessionId other = SessionId.random(random);
    assertThrows(Refused.class, () -> store.seal(other, window.id()));
    assertNull(store.locate(blob.hash()));
    assertInstanceOf(SealResult.Sealed.class, store.seal(SESSION, window.id()).items().getFirst());
  }

  @Test
  void anAbandonedWindowExpiresAndItsRoomComesBack() {
    MemoryStore store = open("boot-1");
    Blob blob = blob(1000);
    MemoryStore.Lent window = window(store, blob);
    write(store, window, 0, blob);
    assertTrue(store.status().usedBytes() > 0);
    clock.addAndGet(LIFETIME.toNanos());
    assertThrows(NotFound.class, () -> store.seal(SESSION, window.id()));
    assertEquals(0, store.status().windowsOpen());
    assertEquals(0, store.status().usedBytes());
  }

  @Test
  void aSlotIsNotLentAgainBeforeItHasANewKey() throws Exception {
    settings = new StoreSettings(ByteCount.mebibytes(64), 1000, LIFETIME, 16L << 20, 12L << 20);
    MemoryStore store = open("boot-1");
    Blob first = blob(4 << 20);
    MemoryStore.Lent window = window(store, first);
    Blob second = blob(4 << 20);
    ReserveRequest.Item item = items(List.of(second)).getFirst();
    Deadline moment = Deadline.after(Duration.ofMillis(1));
    MemoryStore.Reserved full = store.reserve(SessionId.random(random), List.of(item), moment);
    assertEquals(List.of(new Reservation.Later()), full.items(), "the only large one is lent");
    assertNull(full.window());
    write(store, window, 0, first);
    store.seal(SESSION, window.id());
    assertEquals(
        List.of(new Reservation.Later()), store.reserve(SESSION, List.of(item), moment).items());
    renewKeys(store);
    assertEquals(window.slot(), window(store, second).slot());
    assertNull(store.awaitRetired(Duration.ZERO));
    clock.addAndGet(LIFETIME.toNanos());
    store.sweep();
    assertEquals(window.slot(), store.awaitRetired(Duration.ZERO), "expired: retired as well");
  }

  @Test
  void oneSessionLeavesWindowsForOthers() {
    settings = new StoreSettings(ByteCount.mebibytes(64), 1000, LIFETIME, 16L << 20, 12L << 20);
    MemoryStore store = open("boot-1");
    Deadline moment = Deadline.after(Duration.ZERO);
    int granted = 0;
    while (store.reserve(SESSION, items(List.of(blob(100))), moment).window() != null) {
      granted++;
      assertTrue(granted <= 16, "there are 16 small slots");
    }
    assertEquals(8, granted);
    SessionId other = SessionId.random(random);
    assertNotNull(store.reserve(other, items(List.of(blob(100))), moment).window());
  }

  @Test
  void whoWaitsForAWindowGetsTheNextThatComesBack() throws Exception {
    settings = new StoreSettings(ByteCount.mebibytes(64), 1000, LIFETIME, 16L << 20, 12L << 20);
    MemoryStore store = open("boot-1");
    List<Blob> blobs = List.of(blob(3 << 20), blob(3 << 20), blob(3 << 20), blob(3 << 20));
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> running = new ArrayList<>();
      for (Blob blob : blobs) {
        running.add(threads.submit(() -> mustPut(store, blob)));
      }
      renewKeysUntilDone(store, running);
    }
    for (Blob blob : blobs) {
      assertArrayEquals(blob.toArray(), stored(store, blob));
    }
  }

  private static void renewKeysUntilDone(MemoryStore store, List<Future<?>> running)
      throws Exception {
    while (!running.stream().allMatch(Future::isDone)) {
      WindowSlot slot = store.awaitRetired(Duration.ofMillis(10));
      if (slot != null) {
        store.renewed(slot);
      }
    }
    for (Future<?> each : running) {
      each.get();
    }
  }

  @Test
  void aReservationIsBounded() {
    MemoryStore store = open("boot-1");
    List<Blob> large = List.of(blob(4 << 20), blob(4 << 20), blob(1));
    InvalidArgument failure = assertThrows(InvalidArgument.class, () -> reserve(store, large));
    assertTrue(String.valueOf(failure.getMessage()).contains("8388609"), failure.getMessage());
  }

  @Test
  void aWriterWhoGoesOnDuringTheSealStoresNoWrongByte() throws Exception {
    MemoryStore store = open("boot-1");
    AtomicBoolean isOver = new AtomicBoolean();
    int sealed = 0;
    int refused = 0;
    for (int round = 0; round < 200 && (sealed < 3 || refused < 3); round++) {
      Blob blob = blob(1 << 20);
      MemoryStore.Lent window = window(store, blob);
      write(store, window, 0, blob);
      isOver.set(round % 2 == 0); // every other round nobody disturbs
      CountDownLatch began = new CountDownLatch(1);
      Thread scribbler =
          Thread.ofPlatform().start(() -> scribble(store, window, blob, began, isOver));
      began.await();
      SealResult result = store.seal(SESSION, window.id()).items().getFirst();
      isOver.set(true);
      scribbler.join();
      renewKeys(store);
      if (result instanceof SealResult.Sealed) {
        sealed++;
        assertArrayEquals(blob.toArray(), stored(store, blob));
      } else {
        refused++;
        assertNull(store.locate(blob.hash()));
      }
    }
    assertTrue(sealed >= 3 && refused >= 3, sealed + " sealed, " + refused + " refused");
  }

  private static byte byteAt(Blob blob, long at) {
    return blob.bytes().get(ValueLayout.JAVA_BYTE, at);
  }

  /// At any time one byte is wrong, each time another.
  private static void scribble(
      MemoryStore store,
      MemoryStore.Lent window,
      Blob blob,
      CountDownLatch began,
      AtomicBoolean isOver) {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel =
            FileChannel.open(
                store.windowFile().path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MemorySegment slot =
          channel.map(FileChannel.MapMode.READ_WRITE, window.slot().offset(), blob.length(), arena);
      RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
      long wrong = 0;
      while (!isOver.get()) {
        long next = random.nextLong(blob.length());
        slot.set(ValueLayout.JAVA_BYTE, next, (byte) ~byteAt(blob, next));
        if (next != wrong) {
          slot.set(ValueLayout.JAVA_BYTE, wrong, byteAt(blob, wrong));
        }
        wrong = next;
        began.countDown();
      }
      slot.set(ValueLayout.JAVA_BYTE, wrong, byteAt(blob, wrong));
      began.countDown();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theSameBlobIsStoredOnce() throws Exception {
    MemoryStore store = open("boot-1");
    Blob blob = blob(5000);
    MemoryStore.Reserved twice = reserve(store, List.of(blob, blob));
    MemoryStore.Lent both = Objects.requireNonNull(twice.window());
    write(store, both, 0, blob);
    write(store, both, 5000, blob);
    MemoryStore.Lent late = window(store, blob);
    write(store, late, 0, blob);
    SealResponse response = store.seal(SESSION, both.id());
    assertEquals(response.items().get(0), response.items().get(1));
    assertEquals(response.items().getFirst(), store.seal(SESSION, late.id()).items().getFirst());
    MemoryStore.Reserved again = reserve(store, List.of(blob));
    assertNull(again.window());
    assertInstanceOf(Reservation.Present.class, again.items().getFirst());
    assertArrayEquals(blob.toArray(), stored(store, blob));
    assertEquals(Extent.sizeFor(5000), store.status().usedBytes());
  }

  @Test
  void capacityIsABoundThatLosesNothing() throws Exception {
    MemoryStore store = open("boot-1");
    List<Blob> stored = new ArrayList<>();
    MemoryStore.Reserved refused;
    while (true) {
      renewKeys(store);
      Blob blob = blob(3 << 20);
      refused = reserve(store, List.of(blob));
      MemoryStore.Lent window = refused.window();
      if (window == null) {
        break;
      }
      write(store, window, 0, blob);
      store.seal(SESSION, window.id());
      stored.add(blob);
    }
    assertEquals(20, stored.size(), "five in each of four regions of 16 MiB");
    assertTrue(refused.failure().contains(path.toString()), refused.failure());
    assertTrue(refused.failure().contains("64.0 MiB"), refused.failure());
    mustPut(store, blob(500_000));
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
    MemoryStore.Reserved reserved = reserve(store, blobs);
    assertInstanceOf(Reservation.Granted.class, reserved.items().get(9));
    assertInstanceOf(Reservation.Refusal.class, reserved.items().get(10));
    assertTrue(reserved.failure().contains("index for 10 blobs"), reserved.failure());
    clock.addAndGet(LIFETIME.toNanos());
    store.sweep();
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
    damage(lost, blob(600_000));
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
    assertThrows(AlreadyClosed.class, () -> reserve(store, List.of(blob)));
    assertThrows(AlreadyClosed.class, () -> store.seal(SESSION, 1));
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
      renewKeysUntilDone(store, running);
    }
    for (Blob blob : blobs) {
      assertArrayEquals(blob.toArray(), stored(store, blob));
    }
    assertEquals(200, store.status().blobs());
    long expected = blobs.stream().mapToLong(blob -> Extent.sizeFor(blob.length())).sum();
    assertEquals(expected, store.status().usedBytes());
  }

  @Test
  void aStandingWindowIsWrittenAndSealedAgainAndAgain() {
    MemoryStore store = open("boot");
    MemoryStore.Lent standing = Objects.requireNonNull(store.stand(SESSION));
    for (int round = 0; round < 5; round++) {
      List<Blob> blobs = List.of(blob(100), blob(0), blob(3000));
      int at = 1000 * round;
      write(store, standing, at, blobs.get(0));
      write(store, standing, at + 100, blobs.get(2));
      SealResponse response = store.put(SESSION, standing.id(), at, items(blobs));
      for (int i = 0; i < blobs.size(); i++) {
        SealResult.Sealed put =
            assertInstanceOf(SealResult.Sealed.class, response.items().get(i), response.failure());
        assertEquals(put.location(), store.locate(blobs.get(i).hash()));
      }
    }
    assertEquals(11, store.status().blobs(), "the empty blob once");
  }

  @Test
  void whatAStandingWindowDoesNotHoldIsNotSealed() {
    MemoryStore store = open("boot");
    MemoryStore.Lent standing = Objects.requireNonNull(store.stand(SESSION));
    Blob blob = blob(500);
    long used = store.status().usedBytes();
    SealResponse response = store.put(SESSION, standing.id(), 0, items(List.of(blob)));
    assertEquals(new SealResult.Failed(new Corruption("").tag()), response.items().getFirst());
    assertNull(store.locate(blob.hash()));
    assertEquals(used, store.status().usedBytes(), "its room is free again");
    write(store, standing, 0, blob);
    store.put(SESSION, standing.id(), 0, items(List.of(blob)));
    assertNotNull(store.locate(blob.hash()));
  }

  @Test
  void aStandingWindowIsItsSessionsUntilItsTimeIsOver() {
    MemoryStore store = open("boot");
    MemoryStore.Lent standing = Objects.requireNonNull(store.stand(SESSION));
    Blob blob = blob(500);
    write(store, standing, 0, blob);
    List<ReserveRequest.Item> items = items(List.of(blob));
    long id = standing.id();
    assertThrows(Refused.class, () -> store.put(new SessionId(9, 9), id, 0, items));
    assertThrows(NotFound.class, () -> store.put(SESSION, id + 1, 0, items));
    assertThrows(NotFound.class, () -> store.seal(SESSION, id));
    assertThrows(InvalidArgument.class, () -> store.put(SESSION, id, (64 << 10) - 499, items));
    clock.addAndGet(LIFETIME.toNanos());
    assertThrows(NotFound.class, () -> store.put(SESSION, id, 0, items));
    assertNull(store.locate(blob.hash()));
  }

  @Test
  void idleStandingWindowsLeaveRoomForReservations() {
    MemoryStore store = open("boot");
    int standing = 0;
    while (store.stand(new SessionId(7, standing)) != null) {
      standing++;
      assertTrue(standing < 1000, "as many stand as may");
    }
    assertTrue(standing >= 1);
    assertNotNull(
        store
            .reserve(SESSION, items(List.of(blob(100))), Deadline.after(Duration.ofSeconds(30)))
            .window());
    clock.addAndGet(LIFETIME.toNanos());
    store.sweep();
    assertNotNull(store.stand(SESSION), "the time of the others is over");
  }
}
