package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.lease.LeaseSource;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.Held;
import io.kogluktualuk.memnode.reader.LeaseSettings;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.PutPolicy;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A process that is stopped while it reads what it holds, for longer than its lease lasts: it
/// reads on as if nothing had been, from the replica that is left.
@Timeout(300)
class PausedHolderTest {

  private static final int BLOBS = 10;
  private static final int BLOB_BYTES = 64 << 10;
  private static final int ROUNDS = 5;
  private static final int PUTS_MAX = 400;
  private static final int END = -1;
  private static final Duration TTL = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;

  PausedHolderTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void whatLapsedAndWentOnOneNodeIsReadFromTheOther() throws Exception {
    try (TestNodes nodes = new TestNodes(folder)) {
      MemoryServer small = nodes.start("small", 0, 24);
      MemoryServer large = nodes.start("large", 0, 256);
      try (ChildJvm holder = ChildJvm.start(PausedHolderTest.class, words(small), words(large))) {
        assertEquals("HOLDING", holder.line());
        signal(holder, "-STOP");
        await(() -> small.status().holds() == 0 && large.status().holds() == 0);
        evictFrom(small);
        signal(holder, "-CONT");
        holder.tell("check");
        String[] answer = holder.line().split(" ");
        assertEquals("READ", answer[0], String.join(" ", answer));
        assertTrue(Long.parseLong(answer[1]) >= 1, answer[1] + " lapses");
        await(() -> large.status().holds() >= BLOBS);
      }
    }
  }

  private static String words(MemoryServer node) {
    InetSocketAddress address = node.address();
    return node.id() + " " + address.getHostString() + " " + address.getPort();
  }

  private static MemoryNode node(String words) {
    String[] parts = words.split(" ");
    return new MemoryNode(parts[0], new InetSocketAddress(parts[1], Integer.parseInt(parts[2])), 1);
  }

  private static void signal(ChildJvm process, String which) throws Exception {
    Process kill = new ProcessBuilder("kill", which, Long.toString(process.pid())).start();
    assertEquals(0, kill.waitFor());
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - end < 0, "it did not happen in a minute");
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }

  private static List<Blob> held() {
    RandomGenerator random = new SplittableRandom(17);
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < BLOBS; i++) {
      blobs.add(Blob.of(Mutations.randomBytes(BLOB_BYTES, random)));
    }
    return blobs;
  }

  private static void evictFrom(MemoryServer server) {
    List<Hash> hashes = held().stream().map(Blob::hash).toList();
    MemoryNode node = node(words(server));
    RandomGenerator random = new SplittableRandom(18);
    try (FabricBlobs only = FabricBlobs.open(() -> List.of(node), settings().withReplicas(1))) {
      for (int i = 0; only.missing(hashes).size() < BLOBS; i++) {
        assertTrue(i < PUTS_MAX, "they do not go");
        Blob costly = Blob.of(Mutations.randomBytes(200_000, random));
        only.with(PutPolicy.derived(1_000_000)).put(List.of(costly));
      }
    }
  }

  private static ReaderSettings settings() {
    return ReaderSettings.defaults().withReplicas(2).withBuffers(8, 4).withTimeout(PATIENCE);
  }

  /// Leases as a control plane would give them: one that was not renewed in time has ended.
  private static final class Tokens implements LeaseSource {

    private long token;
    private long heardNanos;

    @Override
    public synchronized LeaseProof acquire(
        LeaseId id, Account account, Duration ttl, Deadline deadline) {
      heardNanos = System.nanoTime();
      return new LeaseProof(id, ++token);
    }

    @Override
    public synchronized LeaseProof renew(LeaseProof proof, Duration ttl, Deadline deadline) {
      long now = System.nanoTime();
      if (now - heardNanos > ttl.toNanos()) {
        throw new StaleLease("lease " + proof.id() + " has ended");
      }
      heardNanos = now;
      return proof;
    }

    @Override
    public void release(LeaseProof proof, Deadline deadline) {}
  }

  /// The holder's process: reads what it holds round by round, until it has been told to check
  /// and has read some rounds since.
  public static void main(String[] arguments) throws IOException {
    List<MemoryNode> nodes = List.of(node(arguments[0]), node(arguments[1]));
    LeaseSettings leasing = LeaseSettings.defaults().withTtl(TTL);
    List<Blob> blobs = held();
    AtomicBoolean isToCheck = new AtomicBoolean();
    try (FabricBlobs session = FabricBlobs.open(() -> nodes, settings(), new Tokens(), leasing);
        Held scope = session.leases().open()) {
      put(session.with(PutPolicy.derived(1).withReplicas(2), scope), blobs);
      Thread.ofPlatform().daemon().start(() -> isToCheck.set(hears('\n')));
      System.out.println("HOLDING");
      int rounds = 0;
      while (rounds < ROUNDS || session.leases().lapses() == 0) {
        for (Blob blob : blobs) {
          assertArrayEquals(blob.toArray(), session.get(blob.hash()).toArray());
        }
        rounds += isToCheck.get() ? 1 : 0;
      }
      System.out.println("READ " + session.leases().lapses());
      hears(END); // holds on until the parent has seen it
    }
  }

  /// A process that gets no processor for two seconds has not connected in time: it tries again.
  private static void put(BlobStore store, List<Blob> blobs) {
    Deadline deadline = Deadline.after(PATIENCE);
    while (true) {
      try {
        store.put(blobs);
        return;
      } catch (Unavailable e) {
        if (deadline.hasPassed()) {
          throw e;
        }
      }
    }
  }

  /// Reads until something comes, or the end.
  private static boolean hears(int what) {
    try {
      int heard = System.in.read();
      while (heard != what && heard != END) {
        heard = System.in.read();
      }
      return heard == what;
    } catch (IOException e) {
      return false;
    }
  }
}
