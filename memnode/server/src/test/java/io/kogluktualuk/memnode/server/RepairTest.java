package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.Members;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.NodeState;
import io.kogluktualuk.memnode.reader.PutPolicy;
import io.kogluktualuk.memnode.repair.RepairSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real nodes, which look after what they have.
@Timeout(300)
class RepairTest {

  private static final int BLOBS = 60;
  private static final int BLOB_BYTES = 5_000;

  /// No sweep while a test lasts.
  private static final RepairSettings SELDOM =
      new RepairSettings(2, 1L << 30, Duration.ofHours(10), Duration.ZERO);

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

  /// Nobody who repairs has seen that node missing.
  @Test
  void whatIsPutByWhoMissesANodeIsSoonOnItToo() {
    nodes.start("a", SELDOM);
    nodes.start("b", SELDOM);
    nodes.tellMembers();
    await(() -> nodes.running("a").repair().sweeps() > 0);
    nodes.mark("b", NodeState.LOST);
    FabricBlobs writer = nodes.reader(2);
    List<Blob> blobs = put(writer);
    assertEquals(BLOBS, writer.counts().underReplicated());
    await(() -> copies("b") == BLOBS);
    nodes.stop("a");
    requireAll(blobs, nodes.reader(1));
  }

  /// Its records since the last sync went with the power, say; nobody has noticed that it was
  /// away.
  @Test
  void whatANodeLostWhileItWasAwayShortlyIsSoonThereAgain() throws IOException {
    nodes.start("a", SELDOM);
    nodes.start("b", SELDOM);
    nodes.tellMembers();
    put(nodes.reader(2));
    await(() -> nodes.running("a").repair().sweeps() > 0);
    nodes.stop("b");
    loseHalf("b");
    nodes.start("b", SELDOM);
    assertEquals(BLOBS / 2, copies("b"));
    nodes.tellMembers();
    await(() -> copies("b") == BLOBS);
  }

  private void loseHalf(String name) throws IOException {
    try (FileChannel log =
        FileChannel.open(nodes.folder(name).resolve("sealed.log"), StandardOpenOption.WRITE)) {
      log.truncate(64 * (1 + BLOBS / 2));
    }
  }

  /// Then only its incarnation tells.
  @Test
  void soIsWhatItLostWhenItAnswersWhereItDidBefore() throws IOException {
    nodes.start("a", SELDOM);
    nodes.start("b", SELDOM);
    nodes.tellMembers();
    put(nodes.reader(2));
    MemoryServer watching = nodes.running("a");
    await(() -> watching.repair().sweeps() > 0);
    watching.onMembers(members(5));
    int port = nodes.stop("b");
    loseHalf("b");
    nodes.start("b", port, SELDOM);
    watching.onMembers(members(6));
    await(() -> copies("b") == BLOBS);
  }

  /// What a control node tells that has heard everybody just now.
  private Members members(long incarnation) {
    List<Member> all = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      MemoryServer server = nodes.running(name);
      String address = server.address().getHostString() + ":" + server.address().getPort();
      MemberInfo info = new MemberInfo(Role.MEMORY, server.id(), name, address, 1, 1, 0);
      long told = name.equals("b") ? incarnation : 1;
      all.add(new Member(info, MemberState.ACTIVE, false, 0, Load.NONE, told));
    }
    return new Members(1, all, false);
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

  @Test
  void bitsThatHaveChangedInAnArenaAreFoundAndTheBlobIsFetchedAgainOnItsTerms() throws Exception {
    nodes.start("a");
    nodes.start("b");
    nodes.tellMembers();
    FabricBlobs writer = nodes.reader(2);
    List<Blob> blobs = put(writer);
    Blob derived = Blob.of(Mutations.randomBytes(BLOB_BYTES, random));
    writer.with(PutPolicy.derived(12_345).withReplicas(2)).put(List.of(derived));
    for (Blob blob : List.of(blobs.getFirst(), derived)) {
      flipBit(nodes.folder("a"), blob);
    }
    await(() -> nodes.running("a").repair().restored() == 2);
    assertEquals(2 * BLOBS + 2, copies("a", "b"));
    nodes.stop("b");
    requireAll(blobs, nodes.reader(1));
    requireAll(List.of(derived), nodes.reader(1));
    assertEquals(BLOBS * 5_056L, nodes.running("a").status().chargedBytes(), "derived: charged");
  }

  private static void flipBit(Path folder, Blob blob) throws IOException {
    byte[] sought = blob.toArray();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(path -> path.toString().contains("region")).toList()) {
        try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
          long at = find(channel, sought);
          if (at >= 0) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (sought[7] ^ 16)}), at + 7);
            return;
          }
        }
      }
    }
    throw new AssertionError(blob + " lies in no file of " + folder);
  }

  /// Blobs begin at multiples of 64 bytes.
  private static long find(FileChannel channel, byte[] sought) throws IOException {
    ByteBuffer found = ByteBuffer.allocate(sought.length);
    for (long at = 0; at + sought.length <= channel.size(); at += 64) {
      found.clear().limit(8);
      channel.read(found, at);
      if (Arrays.equals(found.array(), 0, 8, sought, 0, 8)) {
        found.clear();
        channel.read(found, at);
        if (Arrays.equals(found.array(), sought)) {
          return at;
        }
      }
    }
    return -1;
  }
}
