package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.memnode.credit.SpaceLedger;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.NodeState;
import io.kogluktualuk.memnode.reader.PutPolicy;
import io.kogluktualuk.memnode.reader.ReadCounts;
import io.kogluktualuk.memnode.retention.RetentionLimits;
import io.kogluktualuk.memnode.store.SmallDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FabricBlobsTest {

  /// Nodes that do not find damaged blobs themselves, before a reader does.
  private static final KeepingSettings UNLOOKED_AT =
      new KeepingSettings(
          RetentionLimits.STANDARD, SpaceLedger.STEP_BYTES, false, Duration.ofMillis(500), 0);

  /// A put waits for room in a full node nearly as long as it may take.
  private static final Duration SOON_FULL = Duration.ofSeconds(4);

  private final TestNodes nodes;
  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  FabricBlobsTest(@TempDir Path folder) {
    nodes = new TestNodes(folder);
  }

  @AfterEach
  void close() {
    nodes.close();
  }

  private Blob blob(int length) {
    return Blob.of(Mutations.randomBytes(length, random));
  }

  private List<Blob> blobs(int count, int length) {
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blobs.add(blob(length));
    }
    return blobs;
  }

  private static List<Hash> hashes(List<Blob> blobs) {
    return blobs.stream().map(Blob::hash).toList();
  }

  private static void assertAll(List<Blob> expected, FabricBlobs store) {
    for (Blob blob : expected) {
      assertArrayEquals(blob.toArray(), store.get(blob.hash()).toArray());
    }
  }

  /// Flips one bit in the middle of each copy of the blobs in a node's arenas.
  private void damage(String node, List<Blob> blobs) throws IOException {
    Path region = nodes.folder(node).resolve("region-0000");
    byte[] all = Files.readAllBytes(region);
    for (Blob blob : blobs) {
      byte[] wanted = blob.toArray();
      int found = 0;
      for (int at = 0; at + wanted.length <= all.length; at += 64) {
        if (Arrays.equals(all, at, at + wanted.length, wanted, 0, wanted.length)) {
          try (RandomAccessFile file = new RandomAccessFile(region.toFile(), "rw")) {
            file.seek(at + wanted.length / 2);
            file.write(wanted[wanted.length / 2] ^ 0x10);
          }
          found++;
        }
      }
      assertTrue(found > 0, blob + " is not in " + region);
    }
  }

  @Test
  void aColdReadTakesTwoVerbsAndAWarmOneTakesOne() {
    nodes.start("a");
    Blob blob = blob(4096);
    nodes.reader(1).put(List.of(blob));
    FabricBlobs reader = nodes.reader(1);
    reader.get(blob.hash());
    ReadCounts cold = reader.counts();
    assertEquals(2, cold.reads());
    assertEquals(1024 + 4096, cold.readBytes());
    assertEquals(1, cold.locationMisses());
    assertEquals(1, cold.fullVerifications());
    for (int i = 1; i <= 10; i++) {
      assertArrayEquals(blob.toArray(), reader.get(blob.hash()).toArray());
      assertEquals(2 + i, reader.counts().reads());
    }
    ReadCounts warm = reader.counts();
    assertEquals(10, warm.locationHits());
    assertEquals(10, warm.tagHits());
    assertEquals(1, warm.fullVerifications());
    assertEquals(0, warm.rejected());
  }

  @Test
  void aBlobThatIsThereIsNotTransferredAgain() {
    nodes.start("a");
    nodes.start("b");
    List<Blob> blobs = blobs(5, 10_000);
    FabricBlobs writer = nodes.reader(2);
    writer.put(blobs);
    assertEquals(2, writer.counts().writes(), "one for each node: five blobs, one window");
    assertEquals(100_000, writer.counts().writtenBytes());
    writer.put(blobs);
    nodes.reader(2).put(blobs);
    assertEquals(2, writer.counts().writes());
  }

  @Test
  void replicasAreAsManyAsAskedFor() {
    MemoryServer a = nodes.start("a");
    MemoryServer b = nodes.start("b");
    MemoryServer c = nodes.start("c");
    FabricBlobs store = nodes.reader(2);
    store.put(blobs(30, 100));
    assertEquals(60, a.status().blobs() + b.status().blobs() + c.status().blobs());
    store.with(PutPolicy.source(1)).put(blobs(30, 100));
    assertEquals(90, a.status().blobs() + b.status().blobs() + c.status().blobs());
    store.with(PutPolicy.source(3)).put(blobs(30, 100));
    assertEquals(180, a.status().blobs() + b.status().blobs() + c.status().blobs());
    assertTrue(Math.min(a.status().blobs(), c.status().blobs()) > 30, "all get their share");
    assertEquals(0, store.counts().underReplicated());
  }

  @Test
  void readLendsTheVerifiedBytes() {
    nodes.start("a");
    FabricBlobs store = nodes.reader(1);
    Blob blob = blob(1 << 20);
    store.put(List.of(blob));
    byte[] read = store.read(blob.hash(), bytes -> bytes.toArray(ValueLayout.JAVA_BYTE));
    assertArrayEquals(blob.toArray(), read);
    assertThrows(
        IllegalArgumentException.class,
        () -> store.read(blob.hash(), bytes -> bytes.fill((byte) 0)),
        "lent for reading only");
    store.read(blob.hash(), bytes -> bytes.byteSize()); // the buffer came back each time
  }

  @Test
  void whenANodeIsAwayItsReplicasAnswer() {
    nodes.start("a");
    nodes.start("b");
    nodes.start("c");
    List<Blob> blobs = blobs(30, 20_000);
    FabricBlobs store = nodes.reader(2);
    store.put(blobs);
    assertAll(blobs, store);
    nodes.stop("b");
    assertAll(blobs, store);
    assertAll(blobs, nodes.reader(2));
    assertEquals(30, nodes.reader(2).getAll(hashes(blobs)).size());
    List<Blob> more = blobs(30, 1000);
    store.put(more);
    assertAll(more, nodes.reader(2));
  }

  @Test
  void aBlobThatMayBeOnASilentNodeIsUnavailableNotLost() {
    nodes.start("a");
    nodes.start("b");
    FabricBlobs store = nodes.reader(1);
    List<Blob> blobs = blobs(20, 1000);
    store.put(blobs);
    int port = nodes.stop("a");
    int unavailable = 0;
    for (Blob blob : blobs) {
      try {
        store.get(blob.hash());
      } catch (Unavailable e) {
        assertTrue(String.valueOf(e.getMessage()).contains(blob.hash().toHex()));
        unavailable++;
      }
    }
    assertTrue(unavailable > 0 && unavailable < 20, unavailable + " of 20 were on a");
    nodes.forget("a");
    assertEquals(unavailable, nodes.reader(1).missing(hashes(blobs)).size());
    nodes.start("a", port, 256);
    assertAll(blobs, nodes.reader(1));
  }

  @Test
  void aNodeThatComesBackIsUsedAgain() {
    nodes.start("a");
    List<Blob> blobs = blobs(20, 5000);
    FabricBlobs store = nodes.reader(1);
    store.put(blobs);
    assertAll(blobs, store);
    int port = nodes.stop("a");
    nodes.start("a", port, 256);
    assertAll(blobs, store);
    nodes.stop("a");
    nodes.start("a", 0, 256); // another port: the membership tells
    assertAll(blobs, store);
    List<Blob> more = blobs(20, 5000);
    store.put(more);
    assertAll(more, nodes.reader(1));
  }

  @Test
  void damagedBytesHealFromTheOtherReplica() throws IOException {
    nodes.start("a", UNLOOKED_AT);
    nodes.start("b", UNLOOKED_AT);
    List<Blob> blobs = blobs(20, 3000);
    nodes.reader(2).put(blobs);
    FabricBlobs warm = nodes.reader(2);
    assertAll(blobs, warm); // from each blob's first node: about half of them from a
    damage("a", blobs);
    assertAll(blobs, warm);
    assertTrue(warm.counts().rejected() > 0, "a tag of other bytes goes to SHA-256");
    FabricBlobs cold = nodes.reader(2);
    assertAll(blobs, cold);
    assertTrue(cold.counts().rejected() > 0);
    assertEquals(20, nodes.reader(2).getAll(hashes(blobs)).size());
    assertAll(blobs, nodes.reader(2));
  }

  @Test
  void damagedEverywhereIsCorruptionByName() throws IOException {
    MemoryServer a = nodes.start("a", UNLOOKED_AT);
    MemoryServer b = nodes.start("b", UNLOOKED_AT);
    Blob blob = blob(3000);
    FabricBlobs store = nodes.reader(2);
    store.put(List.of(blob));
    store.get(blob.hash());
    damage("a", List.of(blob));
    damage("b", List.of(blob));
    for (FabricBlobs each : List.of(store, nodes.reader(2))) {
      Corruption failure = assertThrows(Corruption.class, () -> each.get(blob.hash()));
      String message = String.valueOf(failure.getMessage());
      assertTrue(message.contains(blob.hash().toHex()), message);
      assertTrue(message.contains(a.id().toString()), message);
      assertTrue(message.contains(b.id().toString()), message);
      assertThrows(Corruption.class, () -> each.getAll(List.of(blob.hash())));
    }
  }

  /// A control node that has just begun to lead has heard of nobody.
  @Test
  void silentNodesAreWrittenAfterTheOthersAndNotNever() {
    for (String name : List.of("a", "b", "c")) {
      nodes.start(name);
    }
    nodes.mark("c", NodeState.SILENT);
    FabricBlobs store = nodes.reader(2);
    store.put(blobs(12, 1000));
    assertEquals(0, nodes.running("c").status().blobs());
    nodes.mark("a", NodeState.SILENT);
    nodes.mark("b", NodeState.SILENT);
    FabricBlobs deaf = nodes.reader(2);
    List<Blob> blobs = blobs(12, 1000);
    deaf.put(blobs);
    assertEquals(0, deaf.counts().underReplicated());
    assertTrue(nodes.running("c").status().blobs() > 0);
    assertAll(blobs, deaf);
  }

  @Test
  void aFullNodeIsPassedOver() {
    MemoryServer small = nodes.start("small", 0, 16);
    nodes.start("large", 0, 256);
    FabricBlobs store = nodes.reader(1, SOON_FULL);
    List<Blob> blobs = blobs(24, 2 << 20);
    store.put(blobs);
    assertAll(blobs, nodes.reader(1));
    assertTrue(small.status().usedBytes() > 8 << 20, "full: " + small.status());
    FabricBlobs both = nodes.reader(2, SOON_FULL);
    both.put(blobs(1, 3 << 20));
    assertTrue(both.counts().underReplicated() > 0);
  }

  @Test
  void whenAllAreFullNothingIsLost() {
    nodes.start("a", 0, 16);
    FabricBlobs store = nodes.reader(1, SOON_FULL);
    List<Blob> stored = blobs(4, 3 << 20);
    store.put(stored);
    OutOfSpace failure = assertThrows(OutOfSpace.class, () -> store.put(blobs(4, 3 << 20)));
    assertTrue(
        String.valueOf(failure.getMessage()).contains("of at most 15728640"), failure.getMessage());
    assertAll(stored, store);
  }

  @Test
  void aNodeOnAFullDiskRefusesAndGoesOnServing(@TempDir Path mount) throws Exception {
    try (SmallDisk disk = SmallDisk.mount(mount, 60);
        TestNodes small = new TestNodes(disk.path())) {
      small.start("a", 0, 1024);
      FabricBlobs store = small.reader(1);
      List<Blob> stored = new ArrayList<>();
      OutOfSpace failure =
          assertThrows(
              OutOfSpace.class,
              () -> {
                while (true) {
                  Blob next = blob(3 << 20);
                  store.put(List.of(next));
                  stored.add(next);
                }
              });
      String message = String.valueOf(failure.getMessage());
      assertTrue(message.contains("folder " + disk.path()), message);
      assertTrue(stored.size() >= 8, stored.size() + " blobs of 3 MiB");
      assertAll(stored, store);
      assertAll(stored, small.reader(1));
    }
  }

  @Test
  void withoutNodesNothingIsPromised() {
    FabricBlobs store = nodes.reader(1);
    Blob blob = blob(10);
    assertThrows(Unavailable.class, () -> store.put(List.of(blob)));
    assertThrows(NotFound.class, () -> store.get(blob.hash()));
    assertEquals(Set.of(blob.hash()), store.missing(List.of(blob.hash())));
  }

  @Test
  void sixtyFourMebibytesGoThroughFromSeveralThreads() throws Exception {
    nodes.start("a");
    nodes.start("b");
    FabricBlobs store = nodes.reader(2);
    List<Blob> blobs = blobs(64, 1 << 20);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 64; i += 8) {
        List<Blob> part = blobs.subList(i, i + 8);
        running.add(
            threads.submit(
                () -> {
                  store.put(part);
                  assertAll(part, store);
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    List<Blob> found = nodes.reader(2).getAll(hashes(blobs));
    for (int i = 0; i < 64; i++) {
      assertArrayEquals(blobs.get(i).toArray(), found.get(i).toArray());
    }
  }

  @Test
  void aBlobUnderAWrongNameIsRefused() {
    nodes.start("a");
    FabricBlobs store = nodes.reader(1);
    Blob liar = new Blob(Hash.of(new byte[] {1}), blob(100).bytes());
    assertThrows(Corruption.class, () -> store.put(List.of(liar)));
    assertThrows(NotFound.class, () -> store.get(liar.hash()));
  }

  @Test
  void smallBlobsAreOneWriteAndOneCall() {
    MemoryServer node = nodes.start("a");
    FabricBlobs writer = nodes.reader(1);
    writer.put(blobs(1, 100));
    long calls = node.status().calls();
    long writes = writer.counts().writes();
    List<Blob> written = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      List<Blob> few = blobs(3, 1 + random.nextInt(5_000));
      writer.put(few);
      written.addAll(few);
    }
    assertEquals(20, node.status().calls() - calls);
    assertEquals(20, writer.counts().writes() - writes);
    assertAll(written, nodes.reader(1));
  }

  @Test
  void smallPutsOfManyThreadsDoNotDisturbEachOther() throws Exception {
    nodes.start("a");
    FabricBlobs writer = nodes.reader(1);
    List<List<Blob>> shares = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      shares.add(blobs(40, 1 + random.nextInt(5_000)));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (List<Blob> share : shares) {
        running.add(threads.submit(() -> share.forEach(blob -> writer.put(List.of(blob)))));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    FabricBlobs reader = nodes.reader(1);
    shares.forEach(share -> assertAll(share, reader));
  }

  @Test
  void aNodeThatRestartsGetsSmallBlobsThroughANewWindow() {
    nodes.start("a");
    FabricBlobs writer = nodes.reader(1);
    writer.put(blobs(2, 100));
    int port = nodes.stop("a");
    nodes.start("a", port, 256);
    List<Blob> after = blobs(2, 100);
    writer.put(after);
    assertAll(after, nodes.reader(1));
  }

  @Test
  void aDurablePutAsksEachNodeOnceToSync() {
    MemoryServer a = nodes.start("a");
    MemoryServer b = nodes.start("b");
    FabricBlobs store = nodes.reader(2);
    store.put(blobs(1, 100)); // connects, and gets standing windows
    long before = a.status().calls() + b.status().calls();
    List<Blob> durable = blobs(3, 1000);
    store.with(PutPolicy.source(2).durable()).put(durable);
    assertEquals(4, a.status().calls() + b.status().calls() - before, "a put and a sync each");
    assertAll(durable, nodes.reader(1));
  }
}
