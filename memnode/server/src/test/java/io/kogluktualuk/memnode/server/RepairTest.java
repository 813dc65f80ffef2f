package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.NodeState;
import io.kogluktualuk.memnode.reader.PutPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real nodes, which look after what they have.
@Timeout(300)
class RepairTest {

  private static final int BLOBS = 60;
  private static final int BLOB_BYTES = 5_000;

  private final TestNodes nodes;
  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  RepairTest(@TempDir Path folder) {
    nodes = new TestNodes(folder);
  }

  @AfterEach
  void close() {
    nodes.close();
  }

  private List<Blob> put(FabricBlobs store) {
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < BLOBS; i++) {
      blobs.add(Blob.of(Mutations.randomBytes(BLOB_BYTES, random)));
    }
    store.put(blobs);
    return blobs;
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(120).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - end < 0, "it did not happen in two minutes");
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private static void requireAll(List<Blob> blobs, FabricBlobs reader) {
    blobs.forEach(b -> assertArrayEquals(b.toArray(), reader.get(b.hash()).toArray()));
  }

  private long copies(String... names) {
    long sum = 0;
    for (String name : names) {
      sum += nodes.running(name).status().blobs();
    }
    return sum;
  }

  @Test
  void aLostNodesBlobsAreSoonOnTwoNodesAgain() {
    nodes.start("a");
    nodes.start("b");
    nodes.start("c");
    List<Blob> blobs = put(nodes.reader(2));
    assertEquals(2 * BLOBS, copies("a", "b", "c"));
    nodes.stop("b");
    nodes.mark("b", NodeState.LOST);
    nodes.tellMembers();
    await(() -> copies("a", "c") == 2 * BLOBS);
    nodes.stop("a");
    requireAll(blobs, nodes.reader(1));
  }

  @Test
  void aNodeThatJoinsGetsItsShare() {
    nodes.start("a");
    nodes.start("b");
    nodes.tellMembers();
    put(nodes.reader(2));
    MemoryServer c = nodes.start("c");
    nodes.tellMembers();
    await(() -> c.status().blobs() > 0 && c.status().blobs() + 2 * BLOBS == copies("a", "b", "c"));
    await(() -> surplus("a", "b") == c.status().blobs());
    assertEquals(2.0 / 3 * BLOBS, c.status().blobs(), 0.35 * BLOBS);
  }

  private long surplus(String... names) {
    long sum = 0;
    for (String name : names) {
      sum += nodes.running(name).repair().surplus();
    }
    return sum;
  }

  @Test
  void aDrainingNodeHandsOverAlsoWhatCanBeComputedAgain() {
    nodes.start("a");
    nodes.start("b");
    nodes.start("c");
    FabricBlobs writer = nodes.reader(1);
    List<Blob> blobs = put(writer);
    Blob derived = Blob.of(Mutations.randomBytes(BLOB_BYTES, random));
    writer.with(PutPolicy.derived(1000)).put(List.of(derived));
    nodes.mark("a", NodeState.DRAINING);
    nodes.tellMembers();
    await(() -> nodes.running("a").repair().isDrained());
    assertEquals(0, nodes.running("a").repair().drainLeftBytes());
    nodes.stop("a");
    nodes.forget("a");
    FabricBlobs reader = nodes.reader(1);
    requireAll(blobs, reader);
    requireAll(List.of(derived), reader);
  }

  @Test
  void readersFindWhatHasMoved() {
    nodes.start("a");
    nodes.start("b");
    FabricBlobs reader = nodes.reader(1);
    List<Blob> blobs = put(reader);
    requireAll(blobs, reader);
    nodes.mark("a", NodeState.DRAINING);
    nodes.tellMembers();
    await(() -> nodes.running("a").repair().isDrained());
    nodes.stop("a");
    requireAll(blobs, reader);
  }
}
