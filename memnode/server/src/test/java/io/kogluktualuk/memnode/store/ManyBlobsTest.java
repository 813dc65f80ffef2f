package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.ChildJvm;
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

/// A store of very many blobs is opened and used in a process with a heap of 128 MiB, without
/// keeping any of them on it.
///
/// On demand with more: `-Dblobs=25000000`. That takes 200 bytes for each in the temporary folder
/// (or in `-Dblobs.folder=FOLDER`), which is memory on tmpfs, and 60 bytes of memory besides. The
/// blobs themselves are never written: sparse files stand for them.
class ManyBlobsTest {

  private static final int BLOBS = Integer.getInteger("blobs", 300_000);
  private static final String FOLDER = System.getProperty("blobs.folder", "");
  private static final String DONE = "DONE";
  private static final int PER_REGION = 1 << 24;
  private static final long HEAP_BYTES_MAX = 32L << 20;

  /// Not file-backed: blob table, slot table and what the process itself takes.
  private static final long ANONYMOUS_BYTES_PER_BLOB_MAX = 64;

  private static final long ANONYMOUS_BYTES_OF_A_PROCESS_MAX = 200L << 20;

  private final Path path;

  ManyBlobsTest(@TempDir Path path) {
    this.path = path;
  }

  /// The child's process.
  public static void main(String[] arguments) throws IOException {
    new ManyBlobsTest(Path.of(arguments[0])).openWith(Integer.parseInt(arguments[1]));
    System.out.println(DONE);
  }

  @Test
  void aStoreOfManyBlobsIsOpenedAndUsedWithASmallHeap() throws IOException {
    Path folder = FOLDER.isEmpty() ? path : Files.createTempDirectory(Path.of(FOLDER), "blobs");
    List<String> command =
        new ArrayList<>(ChildJvm.command(ManyBlobsTest.class, folder.toString(), "" + BLOBS));
    command.addAll(1, List.of("-Xmx128m", "-XX:+UseSerialGC"));
    try (ChildJvm child = ChildJvm.start(command)) {
      for (String line = child.line(); !line.equals(DONE); line = child.line()) {
        System.out.println(line);
      }
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private void openWith(int blobs) throws IOException {
    try (StateFolder folder = StateFolder.open(path, "boot", "node")) {
      write(blobs);
      long start = System.nanoTime();
      StoreSettings settings =
          new StoreSettings(ByteCount.gibibytes(4), blobs + 1000, Duration.ofSeconds(10), 1L << 30);
      try (MemoryStore store =
          MemoryStore.open(folder, settings, System::nanoTime, InstantSource.system(), 1)) {
        long openedNanos = System.nanoTime() - start;
        tell(blobs + " blobs opened in " + openedNanos / 1_000_000 + " ms");
        long anonymous = anonymousBytes();
        check(store, blobs);
        checkMemory(blobs);
        churn(store, blobs);
        tell("after churn");
        checkMemory(blobs);
        assertTrue(
            anonymousBytes() - anonymous < ANONYMOUS_BYTES_OF_A_PROCESS_MAX,
            "memory is taken at the start, and does not grow with use");
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
  }

  private static void checkMemory(int blobs) throws IOException {
    assertTrue(usedHeap() < HEAP_BYTES_MAX, "the heap is small");
    long most = ANONYMOUS_BYTES_OF_A_PROCESS_MAX + ANONYMOUS_BYTES_PER_BLOB_MAX * blobs;
    assertTrue(anonymousBytes() < most, () -> "more memory than " + most);
  }

  /// Looks at each hundredth blob and counts uses of it; each thousandth is dropped.
  private static void churn(MemoryStore store, int blobs) {
    long start = System.nanoTime();
    int looks = 0;
    int dropped = 0;
    for (int i = 100; i < blobs; i += 100, looks++) {
      Hash hash = hash(i);
      assertEquals(place(i), store.locate(hash));
      boolean isToGo = i % 1000 == 0;
      boolean isGone =
          store.withResidents(
              residents -> {
                int ordinal = residents.ordinal(hash);
                residents.table().setUses(ordinal, 3);
                return isToGo && residents.evict(ordinal);
              });
      dropped += isGone ? 1 : 0;
    }
    assertEquals(blobs - 100 - dropped, store.status().blobs());
    tellFact(looks + " looks and " + dropped + " drops in " + sinceMillis(start) + " ms");
  }

  private static long sinceMillis(long startNanos) {
    return (System.nanoTime() - startNanos) / 1_000_000;
  }

  private static void tell(String what) throws IOException {
    tellFact(
        what
            + ", heap "
            + usedHeap() / 1024
            + " KiB, anonymous "
            + anonymousBytes() / 1024
            + " KiB, of files "
            + (resident("RssFile") + resident("RssShmem")) / 1024
            + " KiB");
  }

  private static void tellFact(String what) {
    System.out.println(what);
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

  private static long anonymousBytes() throws IOException {
    return resident("RssAnon");
  }

  private static long resident(String kind) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith(kind + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElseThrow();
    }
  }
}
