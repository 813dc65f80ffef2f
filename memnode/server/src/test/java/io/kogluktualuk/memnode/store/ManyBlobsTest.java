package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store of very many blobs is opened without keeping any of them on the heap.
///
/// By hand with more: `java -Xmx128m -cp … ManyBlobsTest FOLDER 25000000`, with room for 200 bytes
/// for each in the folder, on tmpfs for numbers without a disk.
class ManyBlobsTest {

  private static final int CI_BLOBS = 300_000;
  private static final int PER_REGION = 1 << 24;

  private final Path path;

  ManyBlobsTest(@TempDir Path path) {
    this.path = path;
  }

  /// By hand.
  public static void main(String[] arguments) throws IOException {
    new ManyBlobsTest(Path.of(arguments[0])).openWith(Integer.parseInt(arguments[1]));
  }

  @Test
  void aStoreOfManyBlobsIsOpenedAndUsed() throws IOException {
    openWith(CI_BLOBS);
  }

  private void openWith(int blobs) throws IOException {
    try (StateFolder folder = StateFolder.open(path, "boot", "node")) {
      write(blobs);
      long start = System.nanoTime();
      StoreSettings settings =
          new StoreSettings(ByteCount.gibibytes(4), blobs + 1000, Duration.ofSeconds(10), 1L << 30);
      try (MemoryStore store =
          MemoryStore.open(folder, settings, System::nanoTime, InstantSource.system(), 1)) {
        System.out.printf(
            "%,d blobs opened in %,d ms, heap %,d KiB, resident %s%n",
            store.status().blobs(),
            (System.nanoTime() - start) / 1_000_000,
            usedHeap() / 1024,
            resident());
        check(store, blobs);
      }
    }
  }

  private static void check(MemoryStore store, int blobs) {
    assertEquals(blobs, store.status().blobs());
    assertEquals(64L * blobs, store.status().usedBytes());
    for (int i = 0; i < blobs; i += 1 + blobs / 1000) {
      assertEquals(place(i), store.locate(hash(i)));
    }
    int evicted =
        store.withResidents(
            residents -> {
              int count = 0;
              for (int i = 0; i < 100; i++) {
                count += residents.evict(residents.ordinal(hash(i))) ? 1 : 0;
              }
              return count;
            });
    assertEquals(100, evicted);
    assertEquals(blobs - 100, store.status().blobs());
    assertTrue(usedHeap() < 100L << 20, "the heap is small");
  }

  private void write(int blobs) throws IOException {
    FolderDisk disk = new FolderDisk(path);
    int regions = Math.ceilDiv(blobs, PER_REGION);
    for (int region = 0; region < regions; region++) {
      try (RandomAccessFile file =
          new RandomAccessFile(disk.path(Regions.name(region)).toFile(), "rw")) {
        file.setLength(1L << 30);
      }
    }
    Holdings.write(disk, regions);
    try (SealLog log = SealLog.open(disk, "sealed.log")) {
      List<BlobRecord> batch = new ArrayList<>();
      for (int i = 0; i < blobs; i++) {
        batch.add(BlobRecord.sealed(hash(i), place(i), i, Keep.STANDARD));
        if (batch.size() == SealLog.BATCH_RECORDS || i == blobs - 1) {
          log.append(batch);
          batch.clear();
        }
      }
    }
    disk.close();
  }

  private static Hash hash(int i) {
    return Hash.of(ByteBuffer.allocate(8).putInt(i).array());
  }

  private static BlobLocation place(int i) {
    return new BlobLocation(i / PER_REGION, 64L * (i % PER_REGION), 8);
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    runtime.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static String resident() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines.filter(line -> line.startsWith("Rss")).toList().toString();
    }
  }
}
