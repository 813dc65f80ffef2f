package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryServerKillTest {

  private static final int ROUNDS = 3;
  private static final int WRITERS = 3;

  private final Path folder;
  private final List<Blob> acknowledged = Collections.synchronizedList(new ArrayList<>());

  MemoryServerKillTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static FabricBlobs reader(NodeProcess process) {
    ReaderSettings settings =
        ReaderSettings.defaults()
            .withReplicas(1)
            .withBuffers(8, 4)
            .withTimeout(Duration.ofSeconds(5));
    return FabricBlobs.open(() -> List.of(process.node()), settings);
  }

  @Test
  void everySealedBlobIsThereAfterKillMinusNine() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      try (NodeProcess process = NodeProcess.start(folder, 512)) {
        verifyAll(process);
        killInMidLoad(process, round);
      }
    }
    try (NodeProcess process = NodeProcess.start(folder, 512)) {
      verifyAll(process);
      assertTrue(acknowledged.size() >= ROUNDS * 20, acknowledged.size() + " blobs");
    }
  }

  @Test
  void aFolderInUseByAnotherProcessIsAConflictThatNamesIt() throws Exception {
    try (NodeProcess process = NodeProcess.start(folder, 64)) {
      MemorySettings same = TestNodes.settings(folder, "second", 0, TestNodes.storeOf(64));
      Conflict failure = assertThrows(Conflict.class, () -> MemoryServer.open(same));
      String message = String.valueOf(failure.getMessage());
      assertTrue(message.contains("process " + process.pid()), message);
      assertTrue(message.contains(folder.toString()), message);
    }
  }

  private void killInMidLoad(NodeProcess process, int round) throws Exception {
    CountDownLatch enough = new CountDownLatch(20);
    try (FabricBlobs store = reader(process);
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        long seed = round * 100L + writer;
        writers.add(threads.submit(() -> putUntilFailure(store, seed, enough)));
      }
      assertTrue(enough.await(30, TimeUnit.SECONDS), "the node took no load");
      process.kill();
      for (Future<?> writer : writers) {
        writer.get(30, TimeUnit.SECONDS);
      }
    }
  }

  private void putUntilFailure(FabricBlobs store, long seed, CountDownLatch enough) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    try {
      for (int i = 0; i < 2000; i++) {
        List<Blob> batch = new ArrayList<>();
        int count = random.nextInt(1, 10);
        for (int j = 0; j < count; j++) {
          int length = random.nextInt(4) == 0 ? random.nextInt(300_000) : random.nextInt(5000);
          batch.add(Blob.of(Mutations.randomBytes(length, random)));
        }
        store.put(batch);
        acknowledged.addAll(batch);
        enough.countDown();
      }
    } catch (FabricException e) {
      // The node is gone. What was acknowledged before must have survived.
    }
  }

  private void verifyAll(NodeProcess process) {
    try (FabricBlobs store = reader(process)) {
      for (Blob blob : acknowledged) {
        assertArrayEquals(blob.toArray(), store.get(blob.hash()).toArray());
      }
      assertEquals(0, store.counts().rejected());
    }
  }
}
