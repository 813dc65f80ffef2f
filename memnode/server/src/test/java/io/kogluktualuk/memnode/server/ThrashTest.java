package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.PutPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Blobs that are evicted, spilled and moved while many read them: a reader gets the blob or hears
/// that it is gone, and nothing else.
class ThrashTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int READERS = 6;

  /// More blobs than a node keeps, the newest of all that have been put.
  private static final int SLOTS = 200;

  private final Path folder;

  ThrashTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void whatIsRememberedAndGoneIsNotFound() {
    try (TestNodes nodes = new TestNodes(folder)) {
      nodes.start("a", 0, 24);
      FabricBlobs blobs = nodes.reader(1, PATIENCE);
      RandomGenerator random = new SplittableRandom(3);
      Blob first = blob(200_000, random);
      blobs.with(PutPolicy.derived(0)).put(List.of(first));
      assertArrayEquals(first.toArray(), blobs.get(first.hash()).toArray());
      for (int i = 0; i < SLOTS; i++) {
        blobs.with(PutPolicy.derived(1000)).put(List.of(blob(200_000, random)));
      }
      assertThrows(NotFound.class, () -> blobs.get(first.hash()));
      assertTrue(blobs.counts().rejected() > 0, "others' bytes were at the remembered place");
    }
  }

  @Test
  void readersOfOneTierThatIsEvictedGetTheBlobOrHearThatItIsGone() {
    Seeds.run(
        ThrashTest.class,
        1,
        random -> {
          try (TestNodes nodes = new TestNodes(folder)) {
            nodes.start("a", 0, 24);
            thrash(nodes, random);
          }
        });
  }

  @Test
  void readersOfATinyMemoryTierGetTheBlobOrHearThatItIsGone() {
    Seeds.run(
        ThrashTest.class,
        1,
        random -> {
          try (TestNodes nodes = new TestNodes(folder)) {
            MemoryServer node = nodes.startTiered("a", 0, 32, 8);
            thrash(nodes, random);
            assertTrue(node.status().tier().promoted() > 0, node.status().tier().toString());
          }
        });
  }

  private static Blob blob(int length, RandomGenerator random) {
    return Blob.of(Mutations.randomBytes(length, random));
  }

  private static void thrash(TestNodes nodes, RandomGenerator random) throws Exception {
    AtomicReferenceArray<Blob> newest = new AtomicReferenceArray<>(SLOTS);
    FabricBlobs one = nodes.reader(1, PATIENCE);
    FabricBlobs other = nodes.reader(1, PATIENCE);
    put(one, newest, SLOTS, random);
    AtomicInteger gone = new AtomicInteger();
    AtomicInteger got = new AtomicInteger();
    try (ExecutorService threads = Executors.newFixedThreadPool(READERS + 1)) {
      List<Future<?>> all = new ArrayList<>();
      RandomGenerator writer = new SplittableRandom(random.nextLong());
      all.add(threads.submit(() -> put(one, newest, 2 * SLOTS, writer)));
      for (int reader = 0; reader < READERS; reader++) {
        RandomGenerator own = new SplittableRandom(random.nextLong());
        FabricBlobs blobs = reader % 2 == 0 ? one : other;
        all.add(threads.submit(() -> read(blobs, newest, own, got, gone)));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    assertTrue(got.get() > 0 && gone.get() > 0, got + " read, " + gone + " gone");
  }

  private static void put(
      FabricBlobs blobs, AtomicReferenceArray<Blob> newest, int count, RandomGenerator random) {
    for (int i = 0; i < count; i++) {
      Blob blob = blob(1 + random.nextInt(random.nextBoolean() ? 5_000 : 600_000), random);
      blobs.with(PutPolicy.derived(random.nextInt(1000))).put(List.of(blob));
      newest.set(i % SLOTS, blob);
    }
  }

  private static void read(
      FabricBlobs blobs,
      AtomicReferenceArray<Blob> newest,
      RandomGenerator random,
      AtomicInteger got,
      AtomicInteger gone) {
    for (int i = 0; i < 300; i++) {
      Blob blob = newest.get(random.nextInt(SLOTS));
      try {
        assertArrayEquals(blob.toArray(), blobs.get(blob.hash()).toArray());
        got.incrementAndGet();
      } catch (NotFound e) {
        gone.incrementAndGet();
      }
    }
  }
}
