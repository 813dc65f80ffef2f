package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.memnode.api.MemoryStatus;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.PutPolicy;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// More blobs than fit into the memory of nodes with two tiers.
class TieredNodesTest {

  private static final int BLOB_BYTES = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final RandomGenerator random = new SplittableRandom(11);

  TieredNodesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private List<Blob> blobs(int count, int length) {
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blobs.add(Blob.of(Mutations.randomBytes(length, random)));
    }
    return blobs;
  }

  private static void put(FabricBlobs store, List<Blob> blobs) {
    for (int from = 0; from < blobs.size(); from += 16) {
      store.put(blobs.subList(from, Math.min(blobs.size(), from + 16)));
    }
  }

  @Test
  void sixTimesItsMemoryIsReadableOneByOneAndInBatches() throws Exception {
    List<Blob> all = blobs(200, BLOB_BYTES);
    all.addAll(blobs(300, 1000));
    try (TestNodes nodes = new TestNodes(folder)) {
      MemoryServer node = nodes.startTiered("a", 0, 256, 32);
      FabricBlobs writer = nodes.reader(1, PATIENCE);
      put(writer, all);
      FabricBlobs reader = nodes.reader(1, PATIENCE);
      for (Blob blob : all) {
        assertArrayEquals(blob.toArray(), reader.get(blob.hash()).toArray());
      }
      assertTrue(reader.counts().promoted() >= 160, reader.counts().toString());
      FabricBlobs batches = nodes.reader(1, PATIENCE);
      List<Hash> hashes = all.stream().map(Blob::hash).toList();
      List<Blob> fetched = batches.getAll(hashes);
      for (int i = 0; i < all.size(); i++) {
        assertArrayEquals(all.get(i).toArray(), fetched.get(i).toArray());
      }
      assertTrue(batches.counts().promoted() >= 160, batches.counts().toString());
      assertEquals(List.of(), List.copyOf(batches.missing(hashes)));
      readFromManyThreads(nodes.reader(1, PATIENCE), all);
      MemoryStatus.TierUse tier = node.status().tier();
      assertEquals(32L << 20, tier.capacityBytes());
      assertTrue(tier.spilled() >= 160 && tier.promoted() >= 320, tier.toString());
      assertTrue(tier.usedBytes() <= tier.capacityBytes(), tier.toString());
      assertEquals(all.size(), node.status().blobs());
    }
  }

  private void readFromManyThreads(FabricBlobs reader, List<Blob> all) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Boolean>> readers = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        RandomGenerator own = new SplittableRandom(thread);
        Callable<Boolean> task =
            () -> {
              for (int i = 0; i < 150; i++) {
                Blob blob = all.get(own.nextInt(all.size()));
                assertArrayEquals(blob.toArray(), reader.get(blob.hash()).toArray());
              }
              return true;
            };
        readers.add(threads.submit(task));
      }
      for (Future<Boolean> each : readers) {
        assertEquals(true, each.get());
      }
    }
  }

  @Test
  void whatWasAcknowledgedSurvivesKillMinusNineAndIsReadThroughAnOpenReader() throws Exception {
    List<Blob> all = blobs(50, BLOB_BYTES);
    String memory = "memory=" + folder.resolve("memory");
    Path state = folder.resolve("node");
    try (NodeProcess process = NodeProcess.start(state, 256, memory)) {
      try (FabricBlobs store = reader(process)) {
        store.with(PutPolicy.source(1).durable()).put(all.subList(0, 10));
        put(store, all.subList(10, 50));
      }
      process.kill();
    }
    try (NodeProcess process = NodeProcess.start(state, 256, memory);
        FabricBlobs store = reader(process)) {
      for (Blob blob : all) {
        assertArrayEquals(blob.toArray(), store.get(blob.hash()).toArray());
      }
      assertEquals(0, store.counts().rejected());
      assertTrue(store.counts().promoted() >= 50, store.counts().toString());
    }
  }

  private static FabricBlobs reader(NodeProcess process) {
    return FabricBlobs.open(
        () -> List.of(process.node()),
        ReaderSettings.defaults().withReplicas(1).withBuffers(8, 4).withTimeout(PATIENCE));
  }

  @Test
  void aDamagedSpilledReplicaIsLeftForAnother() throws Exception {
    List<Blob> all = blobs(6, 50_000);
    try (TestNodes nodes = new TestNodes(folder)) {
      nodes.startTiered("a", 0, 64, 8);
      nodes.startTiered("b", 0, 64, 8);
      nodes.reader(2, PATIENCE).put(all);
      int port = nodes.stop("a");
      damageEverything(nodes.folder("a"));
      nodes.startTiered("a", port, 64, 8);
      FabricBlobs reader = nodes.reader(2, PATIENCE);
      for (Blob blob : all) {
        assertArrayEquals(blob.toArray(), reader.get(blob.hash()).toArray());
      }
      String damaged = nodes.running("a").id().toString();
      String intact = nodes.running("b").id().toString();
      for (Blob blob : all) {
        Deadline soon = Deadline.after(PATIENCE);
        assertEquals(blob.hash(), reader.nodes().get(intact, blob.hash(), soon).hash());
        assertThrows(NotFound.class, () -> reader.nodes().get(damaged, blob.hash(), soon));
      }
      assertNotEquals(6, nodes.running("a").status().blobs());
    }
  }

  private static void damageEverything(Path node) throws IOException {
    Path region = node.resolve("region-0000");
    long length = Math.min(1 << 20, Files.size(region));
    try (RandomAccessFile file = new RandomAccessFile(region.toFile(), "rw")) {
      for (long at = 0; at < length; at += 1000) {
        file.seek(at);
        file.write(0x5A);
      }
    }
  }

  @Test
  void repairCopiesWhatIsSpilled() throws Exception {
    List<Blob> all = blobs(40, BLOB_BYTES);
    try (TestNodes nodes = new TestNodes(folder)) {
      nodes.startTiered("a", 0, 256, 8);
      put(nodes.reader(1, PATIENCE), all);
      MemoryServer second = nodes.startTiered("b", 0, 256, 8);
      nodes.tellMembers();
      long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (second.status().blobs() < all.size() && System.nanoTime() < end) {
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
      assertEquals(all.size(), second.status().blobs());
      nodes.stop("a");
      FabricBlobs reader = nodes.reader(1, PATIENCE);
      for (Blob blob : all) {
        assertArrayEquals(blob.toArray(), reader.get(blob.hash()).toArray());
      }
    }
  }
}
