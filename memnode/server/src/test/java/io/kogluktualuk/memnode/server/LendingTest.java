package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.LentBlob;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.ReadCounts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Blobs lent where one-sided reads have put them: how often their bytes are copied is counted.
@Timeout(120)
class LendingTest {

  private static final int LARGE = 3 << 20;

  private final TestNodes nodes;
  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  LendingTest(@TempDir Path folder) {
    nodes = new TestNodes(folder);
  }

  @AfterEach
  void close() {
    nodes.close();
  }

  private List<Blob> stored(int count, int length) {
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blobs.add(Blob.of(Mutations.randomBytes(length, random)));
    }
    nodes.reader(1).put(blobs);
    return blobs;
  }

  private static void requireBytes(Blob expected, LentBlob lent) {
    assertEquals(-1, expected.bytes().mismatch(lent.bytes()), expected.toString());
  }

  @Test
  void aBlobIsReadOnceAndNeverCopied() {
    nodes.start("a");
    List<Blob> blobs = new ArrayList<>(stored(2, LARGE));
    blobs.addAll(stored(5, 1_000));
    blobs.addAll(stored(1, 0));
    FabricBlobs reader = nodes.keeper(64 << 20);
    for (int round = 0; round < 3; round++) {
      for (Blob blob : blobs) {
        try (LentBlob lent = reader.lend(blob.hash())) {
          requireBytes(blob, lent);
          assertEquals(round == 0, lent.isFetched());
          assertNull(lent.lasting());
          assertTrue(lent.bytes().isReadOnly());
        }
      }
    }
    ReadCounts counts = reader.counts();
    long bytes = blobs.stream().mapToLong(Blob::length).sum();
    assertEquals(0, counts.copiedBytes(), "to the heap");
    assertEquals(bytes + blobs.size() * 1024L, counts.readBytes(), "once, with index look-ups");
    assertEquals(blobs.size(), counts.fullVerifications());
    assertEquals(2L * blobs.size(), counts.keptHits());
    assertArrayEquals(blobs.get(0).toArray(), reader.get(blobs.get(0).hash()).toArray());
    assertEquals(LARGE, reader.counts().copiedBytes(), "what is wanted on the heap, once");
    assertEquals(counts.reads(), reader.counts().reads());
  }

  @Test
  void whatIsLentStaysWhileAllElseChanges() {
    nodes.start("a");
    List<Blob> blobs = stored(6, LARGE);
    FabricBlobs reader = nodes.keeper(8 << 20);
    try (LentBlob first = reader.lend(blobs.get(0).hash())) {
      for (int round = 0; round < 2; round++) {
        for (Blob blob : blobs.subList(1, 6)) {
          try (LentBlob lent = reader.lend(blob.hash())) {
            requireBytes(blob, lent);
          }
        }
      }
      requireBytes(blobs.get(0), first);
      assertEquals(0, reader.counts().copiedBytes());
      assertEquals(8 << 20, reader.keptBytes());
    }
  }

  @Test
  void whoFindsAllMemoryLentGetsACopy() {
    nodes.start("a");
    List<Blob> blobs = stored(3, LARGE);
    FabricBlobs reader = nodes.keeper(8 << 20);
    try (LentBlob one = reader.lend(blobs.get(0).hash());
        LentBlob two = reader.lend(blobs.get(1).hash());
        LentBlob three = reader.lend(blobs.get(2).hash())) {
      assertNotNull(three.lasting());
      assertTrue(three.isFetched());
      requireBytes(blobs.get(0), one);
      requireBytes(blobs.get(1), two);
      requireBytes(blobs.get(2), three);
    }
    assertEquals(LARGE, reader.counts().copiedBytes());
    try (LentBlob again = reader.lend(blobs.get(2).hash())) {
      assertNull(again.lasting());
    }
    assertEquals(LARGE, reader.counts().copiedBytes());
  }

  @Test
  void whatIsNotThereTakesNoRoom() {
    nodes.start("a");
    List<Blob> blobs = stored(2, LARGE);
    FabricBlobs reader = nodes.keeper(8 << 20);
    Hash unknown = Blob.of(new byte[] {1}).hash();
    for (int i = 0; i < 5; i++) {
      assertThrows(NotFound.class, () -> reader.lend(unknown));
    }
    for (Blob blob : blobs) {
      reader.lend(blob.hash()).close();
    }
    for (Blob blob : blobs) {
      try (LentBlob lent = reader.lend(blob.hash())) {
        assertFalse(lent.isFetched());
      }
    }
  }

  @Test
  void manyThreadsShareLittleMemory() {
    nodes.start("a");
    List<Blob> blobs = new ArrayList<>(stored(5, LARGE));
    blobs.addAll(stored(40, 50_000));
    FabricBlobs reader = nodes.keeper(12 << 20);
    Seeds.run(
        LendingTest.class,
        3,
        seed -> {
          try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
              RandomGenerator own = new SplittableRandom(seed.nextLong());
              all.add(threads.submit(() -> lendSome(reader, blobs, own)));
            }
            for (Future<?> each : all) {
              each.get();
            }
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  private static void lendSome(FabricBlobs reader, List<Blob> blobs, RandomGenerator random) {
    List<Blob> held = new ArrayList<>();
    List<LentBlob> lent = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Blob blob = blobs.get(random.nextInt(blobs.size()));
      held.add(blob);
      lent.add(reader.lend(blob.hash()));
      while (lent.size() > random.nextInt(3)) {
        try (LentBlob each = lent.removeFirst()) {
          requireBytes(held.removeFirst(), each);
        }
      }
    }
    lent.forEach(LentBlob::close);
  }
}
