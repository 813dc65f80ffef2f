package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobCopyTest {

  private static final Path MEMORY = Path.of("/dev/shm");
  private static final StoreSettings SETTINGS =
      new StoreSettings(ByteCount.mebibytes(64), 1000, Duration.ofSeconds(10), 16L << 20);

  @TempDir private Path folder = Path.of("set by JUnit");

  @Test
  void whatIsIntactLiesInTheFile() {
    copies(folder);
  }

  @Test
  void whatIsIntactLiesInMemory() throws Exception {
    inMemory(BlobCopyTest::copies);
  }

  /// What a test does in a folder.
  private interface Doing {
    void in(Path folder) throws Exception;
  }

  private static void inMemory(Doing test) throws Exception {
    assumeTrue(isMemory(MEMORY), "no tmpfs at " + MEMORY);
    Path own = Files.createTempDirectory(MEMORY, "kog-copy-");
    try {
      test.in(own);
    } finally {
      delete(own);
    }
  }

  private static boolean isMemory(Path path) throws IOException {
    return Files.isWritable(path) && Files.getFileStore(path).type().equals("tmpfs");
  }

  /// Some blobs are others than their hashes say; batches of all sizes up to two groups.
  private static void copies(Path folder) {
    Seeds.run(
        BlobCopyTest.class,
        20,
        random -> {
          List<byte[]> blobs = blobs(random);
          BitSet damaged = new BitSet();
          for (int i = 0; i < blobs.size(); i++) {
            damaged.set(i, blobs.get(i).length > 0 && random.nextInt(4) == 0);
          }
          try (Disk disk = new FolderDisk(folder);
              Regions regions = Regions.open(disk, SETTINGS);
              Verifiers verifiers = new Verifiers(regions, 2);
              Arena arena = Arena.ofShared()) {
            MemorySegment window = window(arena, blobs);
            List<WindowTable.Pending> pending = promised(regions, blobs);
            damage(window, blobs, damaged, random);
            BitSet intact = verifiers.copy(window, pending);
            assertEquals(damaged, inverse(intact, blobs.size()));
            window.fill((byte) 1); // nothing refers to it any more
            for (int i = 0; i < blobs.size(); i++) {
              if (intact.get(i)) {
                BlobLocation location = pending.get(i).location();
                MemorySegment found = regions.bytes(location);
                assertArrayEquals(blobs.get(i), found.toArray(ValueLayout.JAVA_BYTE));
              }
            }
            pending.forEach(blob -> regions.release(Extent.of(blob.location())));
          }
        });
  }

  @Test
  void aWindowThatChangesMeanwhileDeceivesNobodyInAFile() throws Exception {
    changing(folder);
  }

  @Test
  void aWindowThatChangesMeanwhileDeceivesNobodyInMemory() throws Exception {
    inMemory(BlobCopyTest::changing);
  }

  /// What was stored has the hash exactly if it was found intact.
  private static void changing(Path folder) throws InterruptedException {
    byte[] bytes = Mutations.randomBytes(300_000, RandomGenerator.of("L64X128MixRandom"));
    List<byte[]> blobs = List.of(bytes);
    AtomicBoolean isOver = new AtomicBoolean();
    try (Disk disk = new FolderDisk(folder);
        Regions regions = Regions.open(disk, SETTINGS);
        Verifiers verifiers = new Verifiers(regions, 1);
        Arena arena = Arena.ofShared()) {
      MemorySegment window = window(arena, blobs);
      List<WindowTable.Pending> pending = promised(regions, blobs);
      Thread writer = Thread.ofPlatform().start(() -> flip(window, isOver));
      try {
        for (int i = 0; i < 300; i++) {
          boolean isIntact = verifiers.copy(window, pending).get(0);
          MemorySegment stored = regions.bytes(pending.getFirst().location());
          assertEquals(Hash.of(stored).equals(pending.getFirst().hash()), isIntact);
        }
      } finally {
        isOver.set(true);
        writer.join();
      }
    }
  }

  /// Changes a byte, and changes it back.
  private static void flip(MemorySegment window, AtomicBoolean isOver) {
    for (long at = 0; !isOver.get(); at = (at + 4099) % window.byteSize()) {
      byte before = window.get(ValueLayout.JAVA_BYTE, at);
      window.set(ValueLayout.JAVA_BYTE, at, (byte) ~before);
      for (int i = 0; i < 1000; i++) {
        Thread.onSpinWait();
      }
      window.set(ValueLayout.JAVA_BYTE, at, before);
    }
  }

  private static List<byte[]> blobs(RandomGenerator random) {
    List<byte[]> blobs = new ArrayList<>();
    int count = 1 + random.nextInt(34);
    for (int i = 0; i < count; i++) {
      int length = random.nextInt(5) == 0 ? random.nextInt(3) : random.nextInt(70_000);
      blobs.add(Mutations.randomBytes(length, random));
    }
    return blobs;
  }

  private static MemorySegment window(Arena arena, List<byte[]> blobs) {
    MemorySegment window = arena.allocate(blobs.stream().mapToLong(blob -> blob.length).sum() + 1);
    long at = 0;
    for (byte[] blob : blobs) {
      MemorySegment.copy(blob, 0, window, ValueLayout.JAVA_BYTE, at, blob.length);
      at += blob.length;
    }
    return window;
  }

  private static List<WindowTable.Pending> promised(Regions regions, List<byte[]> blobs) {
    List<WindowTable.Pending> promised = new ArrayList<>();
    for (byte[] blob : blobs) {
      Extent extent = regions.lend(blob.length);
      BlobLocation location = new BlobLocation(extent.region(), extent.offset(), blob.length);
      promised.add(new WindowTable.Pending(Hash.of(blob), location, Keep.STANDARD));
    }
    return promised;
  }

  private static void damage(
      MemorySegment window, List<byte[]> blobs, BitSet damaged, RandomGenerator random) {
    long at = 0;
    for (int i = 0; i < blobs.size(); i++) {
      if (damaged.get(i)) {
        long where = at + random.nextInt(blobs.get(i).length);
        byte before = window.get(ValueLayout.JAVA_BYTE, where);
        window.set(ValueLayout.JAVA_BYTE, where, (byte) (before ^ 1 << random.nextInt(8)));
      }
      at += blobs.get(i).length;
    }
  }

  private static BitSet inverse(BitSet bits, int count) {
    BitSet inverse = (BitSet) bits.clone();
    inverse.flip(0, count);
    return inverse;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
