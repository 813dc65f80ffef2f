package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Producers that are faster than the file tier's device.
@Timeout(240)
class SlowFileTierTest {

  private static final int PRODUCERS = 4;
  private static final int BLOBS_EACH = 24;
  private static final int BLOB_BYTES = 1 << 20;
  private static final long TIER_BYTES = 32L << 20;

  /// What may wait for the device, and what those had under way who asked before that was so much.
  private static final long BEHIND_BYTES_MAX = TIER_BYTES / 4 + PRODUCERS * (long) BLOB_BYTES;

  private final Path path;

  SlowFileTierTest(@TempDir Path path) {
    this.path = path;
  }

  @Test
  void producersWaitForTheDeviceInBoundedMemoryAndNothingIsLost() throws Exception {
    SlowDisk disk = new SlowDisk(path.resolve("node"));
    StoreSettings settings =
        new StoreSettings(ByteCount.mebibytes(160), 500, Duration.ofSeconds(100), 256L << 20)
            .withMemory(
                new TierSettings(path.resolve("memory"), ByteCount.mebibytes(TIER_BYTES >> 20)));
    List<Blob> all = new ArrayList<>();
    try (OpenStore open = new OpenStore(path.resolve("node"), settings, disk);
        ExecutorService threads = Executors.newFixedThreadPool(PRODUCERS)) {
      open.put(open.blobs(1, 1), Keep.STANDARD); // there is a region now
      disk.slow();
      List<Future<List<Blob>>> producers = new ArrayList<>();
      for (int producer = 0; producer < PRODUCERS; producer++) {
        RandomGenerator random = new SplittableRandom(producer);
        Callable<List<Blob>> task = () -> produce(open, random);
        producers.add(threads.submit(task));
      }
      try {
        int syncs = letThrough(open.store(), disk, producers);
        long least = PRODUCERS * (long) BLOBS_EACH * BLOB_BYTES / (2 * BEHIND_BYTES_MAX);
        assertTrue(syncs >= least, syncs + " syncs");
      } finally {
        disk.fast();
      }
      for (Future<List<Blob>> each : producers) {
        all.addAll(each.get());
      }
      assertAllThere(open.store(), all);
    }
    assertTrue(FolderCheck.check(path.resolve("node"), false, (_, _) -> {}).isIntact());
    try (OpenStore open = new OpenStore(path.resolve("node"), settings)) {
      assertAllThere(open.store(), all);
    }
  }

  private static List<Blob> produce(OpenStore open, RandomGenerator random) throws Exception {
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < BLOBS_EACH; i++) {
      Blob blob = Blob.of(Mutations.randomBytes(BLOB_BYTES, random));
      open.put(List.of(blob), Keep.STANDARD);
      blobs.add(blob);
    }
    return blobs;
  }

  /// Lets one sync after the other through until all is put, and looks each time how much more has
  /// been acknowledged than can be on the device.
  ///
  /// @return how many syncs there were
  private static int letThrough(
      MemoryStore store, SlowDisk disk, List<Future<List<Blob>>> producers)
      throws InterruptedException {
    int syncs = 0;
    long onDevice = 1;
    while (!producers.stream().allMatch(Future::isDone)) {
      if (disk.isWaitedFor()) {
        long acknowledged = store.status().sealedBytes();
        long most = onDevice + BEHIND_BYTES_MAX;
        assertTrue(acknowledged <= most, acknowledged + " acknowledged, at most " + most);
        assertTrue(store.memory().usedBytes() <= TIER_BYTES);
        // At most what has been written by now: sealed, or being sealed.
        onDevice = acknowledged + PRODUCERS * (long) BLOB_BYTES;
        disk.letOneThrough();
        syncs++;
      }
    }
    return syncs;
  }

  private static void assertAllThere(MemoryStore store, List<Blob> blobs) throws Exception {
    assertEquals(PRODUCERS * BLOBS_EACH, blobs.size());
    for (Blob blob : blobs) {
      BlobLocation place = store.promote(List.of(blob.hash())).get(blob.hash());
      assertNotNull(place, () -> blob + " is lost");
      Path region = store.regions().get(place.region()).path();
      try (RandomAccessFile file = new RandomAccessFile(region.toFile(), "r")) {
        byte[] bytes = new byte[place.length()];
        file.seek(place.offset());
        file.readFully(bytes);
        assertEquals(blob.hash(), Hash.of(bytes));
      }
    }
  }
}
