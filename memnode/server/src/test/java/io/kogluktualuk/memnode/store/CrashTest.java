package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.SessionId;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Stops the machine at any moment, on a disk that loses what was not synced: what was
/// acknowledged as durable is there and intact, and what is there has the right bytes.
///
/// `-Dcrash.seeds=N` runs more of them.
class CrashTest {

  private static final SessionId SESSION = new SessionId(1, 2);
  private static final StoreSettings SETTINGS =
      new StoreSettings(
          ByteCount.mebibytes(16), 300, Duration.ofHours(1), 16L << 20, WindowSlots.BYTES_MIN);

  /// Longest lengths of the blobs that are long: with two tiers they do not fit into memory.
  private static final int LONG_MAX = 100_000;

  private static final int LONG_MAX_TIERS = 800_000;

  private final Path path;

  CrashTest(@TempDir Path path) {
    this.path = path;
  }

  @Test
  void whatWasAcknowledgedAsDurableIsThereAndNothingIsWrong() {
    Seeds.run(
        CrashTest.class,
        Integer.getInteger("crash.seeds", 60),
        random -> {
          try (Run run = new Run(Files.createTempDirectory(path, "run"), random, false)) {
            run.live();
          }
        });
  }

  @Test
  void withTwoTiersWhatWasDurableIsThereSpilledAndComesBack() {
    long[] moved = new long[2];
    Seeds.run(
        CrashTest.class,
        Integer.getInteger("crash.seeds", 40),
        random -> {
          try (Run run = new Run(Files.createTempDirectory(path, "run"), random, true)) {
            run.live();
            moved[0] += run.spilled;
            moved[1] += run.promoted;
          }
        });
    assertTrue(moved[0] > 0 && moved[1] > 0, moved[0] + " spilled, " + moved[1] + " promoted");
  }

  @Test
  void afterADeviceHasFailedNothingIsCalledDurable() throws Exception {
    try (Run run = new Run(path, RandomGenerator.of("L64X128MixRandom"), false)) {
      run.put(3, true);
      run.disk.breakDevice();
      assertThrows(Unavailable.class, () -> run.put(1, true));
      run.put(1, false);
      assertThrows(Unavailable.class, run.store::sync);
    }
  }

  @Test
  void oneSyncServesAllThatWasWrittenBefore() throws Exception {
    try (Run run = new Run(path, RandomGenerator.of("L64X128MixRandom"), false)) {
      for (int i = 0; i < 20; i++) {
        run.put(1, false);
      }
      long before = run.store.syncs();
      run.store.sync();
      run.store.sync();
      assertEquals(before + 1, run.store.syncs());
    }
  }

  /// One store and what a client believes of it.
  private static final class Run implements AutoCloseable {

    private final Path path;
    private final RandomGenerator random;
    private final CrashingDisk disk;
    private final Map<Hash, Blob> known = new HashMap<>();
    private final Set<Hash> durable = new HashSet<>();
    private final Set<Hash> acknowledged = new HashSet<>();
    private final StoreSettings settings;
    private int boot;
    private long spilled;
    private long promoted;
    private StateFolder folder;
    private MemoryStore store;

    Run(Path path, RandomGenerator random, boolean hasTiers) {
      this.path = path;
      this.random = random;
      this.disk = new CrashingDisk(path);
      this.settings =
          hasTiers
              ? SETTINGS.withMemory(
                  new TierSettings(path.resolve("memory"), ByteCount.mebibytes(8)))
              : SETTINGS;
      this.folder = StateFolder.open(path, "boot-0", "node");
      this.store = open();
    }

    private MemoryStore open() {
      return MemoryStore.open(
          folder, disk, settings, System::nanoTime, InstantSource.system(), random.nextInt(1000));
    }

    void live() throws Exception {
      for (int stop = random.nextInt(1, 5); stop > 0; stop--) {
        work(random.nextInt(40));
        stopMachine();
        check();
      }
    }

    void stopMachine() {
      spilled += store.memory().spilled();
      promoted += store.memory().promoted();
      folder.close();
      disk.crash(random);
      boot++;
      folder = StateFolder.open(path, "boot-" + boot, "node");
      store = open();
    }

    void work(int steps) throws Exception {
      for (int step = 0; step < steps; step++) {
        lookAtOne();
        switch (random.nextInt(10)) {
          case 0 -> sync();
          case 1, 2 -> evictOne();
          case 3 -> compact();
          case 4, 5 -> put(random.nextInt(1, 6), true);
          default -> put(random.nextInt(1, 6), false);
        }
      }
    }

    private void sync() {
      store.sync();
      durable.addAll(acknowledged);
    }

    private void compact() {
      if (random.nextBoolean()) {
        store.rewriteLog();
      } else {
        store.relocate();
      }
    }

    /// As a reader would: of any blob that was acknowledged and not evicted the bytes are there.
    private void lookAtOne() throws Exception {
      if (!acknowledged.isEmpty()) {
        Hash one = List.copyOf(acknowledged).get(random.nextInt(acknowledged.size()));
        BlobLocation place = store.promote(List.of(one)).get(one);
        assertNotNull(place, () -> "gone: " + one);
        assertEquals(one, Hash.of(bytes(place)));
      }
    }

    /// What a peer reads.
    private MemorySegment bytes(BlobLocation place) throws Exception {
      if (settings.memory() == null) {
        return disk.bytes(Regions.name(place.region())).asSlice(place.offset(), place.length());
      }
      Path region = store.regions().get(place.region()).path();
      try (RandomAccessFile file = new RandomAccessFile(region.toFile(), "r")) {
        byte[] bytes = new byte[place.length()];
        file.seek(place.offset());
        file.readFully(bytes);
        return MemorySegment.ofArray(bytes);
      }
    }

    private void evictOne() {
      if (acknowledged.isEmpty()) {
        return;
      }
      Hash victim = List.copyOf(acknowledged).get(random.nextInt(acknowledged.size()));
      store.withResidents(residents -> residents.evict(residents.ordinal(victim)));
      acknowledged.remove(victim);
      durable.remove(victim);
    }

    void put(int count, boolean isDurable) throws InterruptedException {
      for (WindowSlot slot = store.awaitRetired(Duration.ZERO);
          slot != null;
          slot = store.awaitRetired(Duration.ZERO)) {
        store.renewed(slot);
      }
      List<Blob> blobs = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int length = random.nextInt(4) == 0 ? random.nextInt(longest()) : random.nextInt(5000);
        blobs.add(Blob.of(Mutations.randomBytes(length, random)));
      }
      MemoryStore.Reserved reserved =
          store.reserve(
              SESSION,
              blobs.stream().map(b -> new ReserveRequest.Item(b.hash(), b.length())).toList(),
              Deadline.after(Duration.ofSeconds(20)));
      MemoryStore.Lent window = reserved.window();
      if (!reserved.failure().isEmpty() || window == null) {
        return; // full: the window expires
      }
      long at = window.slot().offset();
      for (Blob blob : blobs) {
        MemorySegment.copy(blob.bytes(), 0, disk.bytes("windows"), at, blob.length());
        at += blob.length();
      }
      assertEquals("", store.seal(SESSION, window.id(), isDurable).failure());
      for (Blob blob : blobs) {
        known.put(blob.hash(), blob);
        acknowledged.add(blob.hash());
      }
      if (isDurable) {
        durable.addAll(acknowledged); // one sync serves all that came before
      }
    }

    private int longest() {
      return settings.memory() == null ? LONG_MAX : LONG_MAX_TIERS;
    }

    void check() throws Exception {
      for (Hash hash : durable) {
        assertNotNull(store.locate(hash), () -> "a durable blob is gone: " + known.get(hash));
      }
      acknowledged.clear();
      for (Blob blob : known.values()) {
        BlobLocation found = store.locate(blob.hash());
        if (found != null) {
          acknowledged.add(blob.hash());
          BlobLocation place = store.promote(List.of(blob.hash())).get(blob.hash());
          assertNotNull(place, () -> "damaged: " + blob);
          assertEquals(blob.hash(), Hash.of(bytes(place)));
        }
      }
      assertEquals(acknowledged.size(), store.status().blobs());
    }

    @Override
    public void close() {
      folder.close();
    }
  }
}
