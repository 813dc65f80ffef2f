package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.MemoryStatus;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwoTiersTest {

  private static final int BLOB_BYTES = 1 << 20;

  private final Path path;
  private final RandomGenerator random = new SplittableRandom(5);

  TwoTiersTest(@TempDir Path path) {
    this.path = path;
  }

  private StoreSettings settings(Path memory, long mebibytes) {
    return new StoreSettings(ByteCount.mebibytes(64), 500, Duration.ofSeconds(10), 16L << 20)
        .withMemory(new TierSettings(memory, ByteCount.mebibytes(mebibytes)));
  }

  private OpenStore open() {
    return new OpenStore(path.resolve("node"), settings(path.resolve("memory"), 8));
  }

  private List<Blob> blobs(int count, int length) {
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blobs.add(Blob.of(Mutations.randomBytes(length, random)));
    }
    return blobs;
  }

  private static void putAll(OpenStore open, List<Blob> blobs) throws Exception {
    for (Blob blob : blobs) {
      open.put(List.of(blob), Keep.STANDARD);
    }
  }

  private static Hash read(MemoryStore store, BlobLocation place) throws Exception {
    Path region = store.regions().get(place.region()).path();
    try (RandomAccessFile file = new RandomAccessFile(region.toFile(), "r")) {
      byte[] bytes = new byte[place.length()];
      file.seek(place.offset());
      file.readFully(bytes);
      return Hash.of(bytes);
    }
  }

  private static BlobLocation promoted(MemoryStore store, Blob blob) {
    BlobLocation place = store.promote(List.of(blob.hash())).get(blob.hash());
    assertNotNull(place);
    assertFalse(place.isSpilled(), () -> blob + " has no room");
    return place;
  }

  private static boolean isSpilled(MemoryStore store, Blob blob) {
    BlobLocation place = store.locate(blob.hash());
    assertNotNull(place);
    return place.isSpilled();
  }

  @Test
  void whatCameFirstIsSpilledFirstAndComesBack() throws Exception {
    List<Blob> blobs = blobs(20, BLOB_BYTES);
    try (OpenStore open = open()) {
      MemoryStore store = open.store();
      putAll(open, blobs);
      for (int i = 0; i < blobs.size(); i++) {
        assertEquals(i < 12, isSpilled(store, blobs.get(i)), "blob " + i);
      }
      assertEquals(20, store.status().blobs());
      assertEquals(8L << 20, store.memory().usedBytes());
      for (Blob blob : blobs) {
        assertEquals(blob.hash(), read(store, promoted(store, blob)));
      }
      MemoryStatus.TierUse use = store.memory();
      assertEquals(12 + 20, use.spilled());
      assertEquals(20, use.promoted());
      assertEquals(8L << 20, use.usedBytes());
    }
  }

  @Test
  void whatWasUsedStays() throws Exception {
    List<Blob> blobs = blobs(8, BLOB_BYTES);
    try (OpenStore open = open()) {
      putAll(open, blobs);
      open.store()
          .withResidents(
              residents -> {
                residents.table().setUses(residents.ordinal(blobs.get(0).hash()), 1);
                return true;
              });
      putAll(open, blobs(1, BLOB_BYTES));
      assertFalse(isSpilled(open.store(), blobs.get(0)));
      assertTrue(isSpilled(open.store(), blobs.get(1)));
      putAll(open, blobs(7, BLOB_BYTES));
      assertTrue(isSpilled(open.store(), blobs.get(0)), "a use counts once");
    }
  }

  @Test
  void afterAStartAllIsSpilled() throws Exception {
    List<Blob> blobs = blobs(6, 1000);
    try (OpenStore open = open()) {
      putAll(open, blobs);
    }
    try (OpenStore open = open()) {
      for (Blob blob : blobs) {
        assertTrue(isSpilled(open.store(), blob));
        assertEquals(blob.hash(), read(open.store(), promoted(open.store(), blob)));
      }
    }
    assertTrue(FolderCheck.check(path.resolve("node"), false, (_, _) -> {}).isIntact());
    try (var left = Files.list(path.resolve("memory"))) {
      assertEquals(0, left.count(), "the memory is given back");
    }
  }

  @Test
  void aFolderMayGetAMemoryTierAndLoseIt() throws Exception {
    List<Blob> blobs = blobs(5, 3000);
    StoreSettings one = settings(path.resolve("memory"), 8).withMemory(null);
    try (OpenStore open = new OpenStore(path.resolve("node"), one)) {
      putAll(open, blobs);
      assertEquals(MemoryStatus.TierUse.NONE, open.store().memory());
    }
    try (OpenStore open = open()) {
      for (Blob blob : blobs) {
        assertEquals(blob.hash(), read(open.store(), promoted(open.store(), blob)));
      }
    }
    try (OpenStore open = new OpenStore(path.resolve("node"), one)) {
      for (Blob blob : blobs) {
        assertFalse(isSpilled(open.store(), blob));
        assertEquals(blob.hash(), read(open.store(), promoted(open.store(), blob)));
      }
    }
  }

  private void flip(Path file, BlobLocation place) throws Exception {
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.seek(place.offset());
      int before = raw.read();
      raw.seek(place.offset());
      raw.write(before ^ 1);
    }
  }

  private static BlobLocation inFile(MemoryStore store, Blob blob) {
    return store.withResidents(
        residents -> residents.table().fileLocation(residents.ordinal(blob.hash())));
  }

  @Test
  void aBlobThatIsDamagedInTheFileTierIsDroppedAndToldInsteadOfPromoted() throws Exception {
    List<Blob> blobs = blobs(3, 5000);
    try (OpenStore open = open()) {
      putAll(open, blobs);
    }
    try (OpenStore open = open()) {
      MemoryStore store = open.store();
      BlobLocation place = inFile(store, blobs.get(1));
      flip(path.resolve("node").resolve(Regions.name(place.region())), place);
      assertNull(store.promote(List.of(blobs.get(1).hash())).get(blobs.get(1).hash()));
      assertNull(store.locate(blobs.get(1).hash()));
      assertEquals(
          List.of(blobs.get(1).hash()), store.lost().stream().map(LostBlob::hash).toList());
      assertEquals(0, store.memory().usedBytes());
      promoted(store, blobs.get(0));
    }
  }

  @Test
  void aCopyThatHasChangedInMemoryIsSpilledByTheScrub() throws Exception {
    List<Blob> blobs = blobs(3, 5000);
    try (OpenStore open = open()) {
      putAll(open, blobs);
      MemoryStore store = open.store();
      BlobLocation place = promoted(store, blobs.get(2));
      flip(store.regions().get(place.region()).path(), place);
      assertEquals(0, store.scrub(1 << 20));
      assertTrue(isSpilled(store, blobs.get(2)));
      assertFalse(isSpilled(store, blobs.get(1)));
      assertEquals(blobs.get(2).hash(), read(store, promoted(store, blobs.get(2))));
    }
  }

  @Test
  void evictionRelocationAndPromotionKeepTheTiersInStep() {
    Seeds.run(
        TwoTiersTest.class,
        10,
        seeded -> {
          Path folder = Files.createTempDirectory(path, "run");
          Map<Hash, Blob> model = new HashMap<>();
          StoreSettings settings =
              new StoreSettings(ByteCount.mebibytes(16), 300, Duration.ofSeconds(10), 16L << 20)
                  .withMemory(new TierSettings(folder.resolve("memory"), ByteCount.mebibytes(8)));
          try (OpenStore open = new OpenStore(folder.resolve("node"), settings)) {
            for (int step = 0; step < 120; step++) {
              step(open, seeded, model);
            }
            for (Blob blob : model.values()) {
              assertEquals(blob.hash(), read(open.store(), promoted(open.store(), blob)));
            }
            assertEquals(model.size(), open.store().status().blobs());
            model.keySet().forEach(hash -> evict(open.store(), hash));
            assertEquals(0, open.store().memory().usedBytes());
            assertEquals(0, open.store().status().usedBytes());
          }
        });
  }

  /// Two puts of half the memory each leave no room for a moment.
  @Test
  void whoeverBringsABlobBackWhileAllMemoryIsBeingFilledWaitsForRoom() throws Exception {
    List<Blob> blobs = blobs(4, 4 << 20);
    StoreSettings settings =
        new StoreSettings(ByteCount.mebibytes(512), 500, Duration.ofSeconds(30), 512L << 20)
            .withMemory(new TierSettings(path.resolve("memory"), ByteCount.mebibytes(8)));
    try (OpenStore open = new OpenStore(path.resolve("node"), settings);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      putAll(open, blobs);
      List<Future<?>> all = new ArrayList<>();
      for (int putter = 0; putter < 2; putter++) {
        List<Blob> own = blobs(15, 4 << 20);
        Callable<Boolean> task =
            () -> {
              putAll(open, own);
              return true;
            };
        all.add(threads.submit(task));
      }
      for (int reader = 0; reader < 2; reader++) {
        List<Blob> own = blobs.subList(2 * reader, 2 * reader + 2);
        Callable<Boolean> task =
            () -> {
              for (int i = 0; i < 60; i++) {
                Hash hash = own.get(i % 2).hash();
                assertNotNull(open.store().promote(List.of(hash)).get(hash));
              }
              return true;
            };
        all.add(threads.submit(task));
      }
      for (Future<?> each : all) {
        each.get();
      }
      MemoryStatus.TierUse use = open.store().memory();
      assertTrue(use.promoted() > 0 && use.usedBytes() <= 8 << 20, use.toString());
    }
  }

  private static void step(OpenStore open, RandomGenerator seeded, Map<Hash, Blob> model)
      throws Exception {
    int kind = seeded.nextInt(10);
    if (kind < 5 && open.store().status().usedBytes() < 12L << 20) {
      int length = seeded.nextBoolean() ? seeded.nextInt(5000) : seeded.nextInt(600_000);
      Blob blob = Blob.of(Mutations.randomBytes(length, seeded));
      open.put(List.of(blob), Keep.STANDARD);
      model.put(blob.hash(), blob);
    } else if (kind < 7 && !model.isEmpty()) {
      Hash hash = List.copyOf(model.keySet()).get(seeded.nextInt(model.size()));
      evict(open.store(), hash);
      model.remove(hash);
    } else if (kind < 9 && !model.isEmpty()) {
      Hash hash = List.copyOf(model.keySet()).get(seeded.nextInt(model.size()));
      BlobLocation place = open.store().promote(List.of(hash)).get(hash);
      assertNotNull(place);
      assertEquals(hash, read(open.store(), place));
    } else {
      open.store().relocate();
    }
  }

  private static void evict(MemoryStore store, Hash hash) {
    store.withResidents(residents -> residents.evict(residents.ordinal(hash)));
  }

  @Test
  void aTierThatIsTooSmallOrHasNoRoomIsRefused() {
    assertThrows(InvalidArgument.class, () -> new TierSettings(path, ByteCount.mebibytes(7)));
  }

  @Test
  void hugePagesAreUsedAndTold() throws Exception {
    try (HugePages pages = HugePages.mount(path.resolve("huge"), 16)) {
      assumeTrue(pages.reason().isEmpty(), pages.reason());
      List<Blob> blobs = blobs(30, BLOB_BYTES - 100);
      try (OpenStore open = new OpenStore(path.resolve("node"), settings(pages.folder(), 17))) {
        MemoryStore store = open.store();
        assertEquals("hugetlbfs, pages of 2.0 MiB", store.memory().pages());
        assertEquals(16L << 20, store.memory().capacityBytes(), "whole pages");
        putAll(open, blobs);
        for (Blob blob : blobs) {
          assertEquals(blob.hash(), read(store, promoted(store, blob)));
        }
      }
      StoreSettings tooMuch = settings(pages.folder(), 64);
      OutOfSpace full =
          assertThrows(
              OutOfSpace.class, () -> new OpenStore(path.resolve("other"), tooMuch).close());
      assertTrue(String.valueOf(full.getMessage()).contains(pages.folder().toString()));
    }
  }
}
