package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.Fences;
import io.kogluktualuk.controlplane.api.HeartbeatReply;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.lease.LeaseSource;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.memnode.api.HoldRequest;
import io.kogluktualuk.memnode.api.LeaseTerms;
import io.kogluktualuk.memnode.api.LocateRequest;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.PinRequest;
import io.kogluktualuk.memnode.api.PutRequest;
import io.kogluktualuk.memnode.api.ReleaseRequest;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.Retention;
import io.kogluktualuk.memnode.api.SessionId;
import io.kogluktualuk.memnode.api.SpaceTerms;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.api.TouchRequest;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.Held;
import io.kogluktualuk.memnode.reader.PutPolicy;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Holds, fences, pins and eviction at a real node, over its calls.
@Timeout(300)
class KeepingTest {

  private static final int MEBIBYTES = 32;
  private static final int BLOB_BYTES = 32 << 10;
  private static final SpaceTerms PAID = new SpaceTerms(Account.DEFAULT, Duration.ofSeconds(10));

  private final Path folder;
  private final AtomicLong tokens = new AtomicLong();

  KeepingTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /// Leases as a control plane would give them.
  private final class Tokens implements LeaseSource {

    @Override
    public LeaseProof acquire(LeaseId id, Account account, Duration ttl, Deadline deadline) {
      return new LeaseProof(id, tokens.incrementAndGet());
    }

    @Override
    public LeaseProof renew(LeaseProof proof, Duration ttl, Deadline deadline) {
      return proof;
    }

    @Override
    public void release(LeaseProof proof, Deadline deadline) {}
  }

  private static Blob random(RandomGenerator random) {
    return Blob.of(Mutations.randomBytes(BLOB_BYTES, random));
  }

  private static RandomGenerator random() {
    return RandomGenerator.of("L64X128MixRandom");
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - end < 0, "it did not happen in a minute");
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(30));
  }

  private static LeaseTerms terms(long token, Duration ttl) {
    return new LeaseTerms(new LeaseProof(new LeaseId(1, 2), token), ttl, 1);
  }

  private static int hold(Channel channel, LeaseTerms terms, List<Hash> hashes) {
    HoldRequest ask = new HoldRequest(Tenant.DEFAULT, terms, PAID, hashes);
    return hashes.size() - channel.call(MemoryCalls.HOLD, ask, soon()).absent().size();
  }

  private static long release(Channel channel, LeaseTerms terms, List<Hash> hashes) {
    ReleaseRequest ask = new ReleaseRequest(Tenant.DEFAULT, terms.proof(), 1, false, hashes);
    return channel.call(MemoryCalls.RELEASE, ask, soon()).count();
  }

  /// Those that are there, as the node says itself.
  private static Set<Hash> present(Channel channel, List<Hash> hashes) {
    Set<Hash> found = new HashSet<>();
    for (int from = 0; from < hashes.size(); from += MemoryCalls.ITEMS_MAX) {
      List<Hash> page = hashes.subList(from, Math.min(hashes.size(), from + MemoryCalls.ITEMS_MAX));
      LocateRequest ask = new LocateRequest(Tenant.DEFAULT, page);
      channel
          .call(MemoryCalls.LOCATE, ask, soon())
          .found()
          .keySet()
          .forEach(at -> found.add(page.get(at)));
    }
    return found;
  }

  private static List<Hash> fill(FabricBlobs blobs, int mebibytes, RandomGenerator random) {
    List<Hash> hashes = new ArrayList<>();
    for (long left = (long) mebibytes << 20; left > 0; left -= BLOB_BYTES) {
      Blob blob = random(random);
      blobs.with(PutPolicy.derived(1000)).put(List.of(blob));
      hashes.add(blob.hash());
    }
    return hashes;
  }

  @Test
  void aDeadTokenIsRefusedAlsoAfterARestartButWhatItHoldsLasts() {
    try (TestNodes nodes = new TestNodes(folder)) {
      MemoryServer node = nodes.start("a");
      FabricBlobs blobs = nodes.reader(1);
      List<Hash> hashes = fill(blobs, 1, random());
      LeaseTerms five = terms(5, Duration.ofSeconds(60));
      try (Channel channel = RpcClient.connect(node.address(), soon())) {
        assertEquals(hashes.size(), hold(channel, five, hashes));
        assertEquals(hashes.size(), node.status().holds());
        assertEquals(1, release(channel, five, hashes.subList(0, 1)));
        assertEquals(hashes.size() - 1, node.status().holds());
        assertThrows(StaleLease.class, () -> hold(channel, terms(4, five.ttl()), hashes));
        node.onBeat(new HeartbeatReply(1, MemberState.ACTIVE, new Fences(6, 9, List.of()), 0));
        assertThrows(StaleLease.class, () -> hold(channel, five, hashes));
        assertEquals(hashes.size() - 1, node.status().holds());
        assertEquals(1, release(channel, five, hashes.subList(1, 2)));
        assertEquals(hashes.size(), hold(channel, terms(6, five.ttl()), hashes));
        assertThrows(StaleLease.class, () -> release(channel, five, hashes));
      }
      MemoryServer again = nodes.start("a", nodes.stop("a"), 256);
      try (Channel channel = RpcClient.connect(again.address(), soon())) {
        assertThrows(StaleLease.class, () -> hold(channel, five, hashes));
        // A renewal names no blobs: whoever sent one would believe in holds that are not there.
        assertThrows(StaleLease.class, () -> hold(channel, terms(6, five.ttl()), List.of()));
        assertThrows(StaleLease.class, () -> hold(channel, terms(6, five.ttl()), hashes));
        assertEquals(hashes.size(), hold(channel, terms(7, five.ttl()), hashes));
      }
    }
  }

  @Test
  void aNodeThatWasStartedAgainEvictsNothingUntilHoldersHaveShownThemselves() {
    try (TestNodes nodes = new TestNodes(folder)) {
      MemoryServer node = nodes.start("a", 0, MEBIBYTES);
      FabricBlobs blobs = nodes.reader(1);
      List<Hash> hashes = fill(blobs, 1, random());
      Duration ttl = Duration.ofSeconds(6);
      try (Channel channel = RpcClient.connect(node.address(), soon())) {
        assertEquals(hashes.size(), hold(channel, terms(1, ttl), hashes));
      }
      MemoryServer again = nodes.start("a", nodes.stop("a"), MEBIBYTES);
      FabricBlobs fresh = nodes.reader(1);
      try (Channel channel = RpcClient.connect(again.address(), soon())) {
        assertEquals(0, again.status().holds());
        LeaseTerms longer = terms(1, Duration.ofMinutes(1));
        assertThrows(StaleLease.class, () -> hold(channel, longer, hashes));
        assertEquals(hashes.size(), hold(channel, terms(2, longer.ttl()), hashes));
        fillThroughGrace(fresh, 3 * MEBIBYTES);
        assertTrue(again.status().evicted() > 0);
        assertEquals(Set.copyOf(hashes), present(channel, hashes));
      }
    }
  }

  /// In the grace a full node has no room.
  private static void fillThroughGrace(FabricBlobs blobs, int mebibytes) {
    RandomGenerator random = random();
    long put = 0;
    while (put < (long) mebibytes << 20) {
      try {
        blobs.with(PutPolicy.derived(1000)).put(List.of(random(random)));
        put += BLOB_BYTES;
      } catch (OutOfSpace e) {
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
    }
  }

  @Test
  void whatIsReadOftenStaysLonger() {
    try (TestNodes nodes = new TestNodes(folder)) {
      MemoryServer node = nodes.start("a", 0, MEBIBYTES);
      FabricBlobs blobs = nodes.reader(1);
      RandomGenerator random = random();
      List<Hash> read = fill(blobs, 4, random);
      List<Hash> unread = fill(blobs, 4, random);
      try (Channel channel = RpcClient.connect(node.address(), soon())) {
        for (int round = 0; round < 12; round++) {
          TouchRequest ask = new TouchRequest(Tenant.DEFAULT, read);
          channel.call(MemoryCalls.TOUCH, ask, soon());
          fill(blobs, 4, random);
        }
        assertTrue(node.status().evicted() > 0);
        int kept = present(channel, read).size();
        int others = present(channel, unread).size();
        assertTrue(kept > others, kept + " of what was read, " + others + " of the others");
      }
    }
  }

  @Test
  void whatIsHeldPinnedOrASourceIsNeverEvicted() {
    Seeds.run(KeepingTest.class, 3, this::randomRun);
  }

  private void randomRun(RandomGenerator random) throws Exception {
    Path path = folder.resolve(Long.toHexString(random.nextLong()));
    try (TestNodes nodes = new TestNodes(path);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      MemoryServer node = nodes.start("a", 0, MEBIBYTES);
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        FabricBlobs blobs = nodes.holder(1, new Tokens(), Duration.ofSeconds(60));
        RandomGenerator own =
            java.util.random.RandomGeneratorFactory.of("L64X128MixRandom")
                .create(random.nextLong());
        clients.add(threads.submit(() -> client(node, blobs, own)));
      }
      for (Future<?> each : clients) {
        each.get(200, TimeUnit.SECONDS);
      }
      assertTrue(node.status().evicted() > 0, "nothing was evicted");
    }
  }

  /// Puts three times what fits, and keeps a little of it in each of the ways there are.
  private static void client(MemoryServer node, FabricBlobs blobs, RandomGenerator random) {
    List<Hash> kept = new ArrayList<>();
    try (Channel channel = RpcClient.connect(node.address(), soon());
        Held scope = blobs.leases().open()) {
      for (int i = 0; i < 3 * (MEBIBYTES << 20) / BLOB_BYTES / 4; i++) {
        Blob blob = random(random);
        PutPolicy derived = PutPolicy.derived(random.nextInt(100_000));
        switch (random.nextInt(20)) {
          case 0 -> {
            blobs.put(List.of(blob));
            kept.add(blob.hash());
          }
          case 1 -> {
            blobs.with(derived, scope).put(List.of(blob));
            kept.add(blob.hash());
          }
          case 2 -> {
            blobs.with(derived).put(List.of(blob));
            if (scope.hold(List.of(blob.hash()), soon()).isEmpty()) {
              kept.add(blob.hash());
            }
          }
          case 3 -> {
            blobs.with(derived).put(List.of(blob));
            PinRequest ask = new PinRequest(Tenant.DEFAULT, 7, PAID, List.of(blob.hash()));
            if (channel.call(MemoryCalls.PIN, ask, soon()).absent().isEmpty()) {
              kept.add(blob.hash());
            }
          }
          default -> blobs.with(derived).put(List.of(blob));
        }
        if (i % 50 == 0) {
          assertEquals(Set.copyOf(kept), present(channel, kept));
        }
      }
      assertEquals(Set.copyOf(kept), present(channel, kept));
      kept.forEach(hash -> assertEquals(BLOB_BYTES, blobs.get(hash).length()));
    }
  }

  @Test
  void aHeldPutIsHeldFromTheStartAndLetGoOfAtTheEnd() {
    try (TestNodes nodes = new TestNodes(folder)) {
      MemoryServer node = nodes.start("a", 0, MEBIBYTES);
      FabricBlobs blobs = nodes.holder(1, new Tokens(), Duration.ofSeconds(60));
      RandomGenerator random = random();
      List<Blob> held = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        held.add(random(random));
      }
      try (Held scope = blobs.leases().open()) {
        blobs.with(PutPolicy.derived(1), scope).put(held.subList(0, 1));
        blobs.with(PutPolicy.derived(1), scope).put(held);
        assertEquals(40, node.status().holds());
        assertEquals(40L * BLOB_BYTES, node.status().chargedBytes());
        fill(blobs, 2 * MEBIBYTES, random);
        held.forEach(blob -> assertEquals(BLOB_BYTES, blobs.get(blob.hash()).length()));
      }
      assertEquals(0, node.status().holds());
      assertEquals(0, node.status().chargedBytes());
    }
  }

  /// More wait for room than a connection can have calls; the one that frees it is not behind
  /// them.
  @Test
  void whoWaitsForRoomDoesNotKeepASessionFromFreeingIt() throws Exception {
    try (TestNodes nodes = new TestNodes(folder);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      MemoryServer node = nodes.start("a", 0, MEBIBYTES);
      FabricBlobs blobs = nodes.holder(1, new Tokens(), Duration.ofSeconds(60));
      RandomGenerator random = random();
      Held scope = blobs.leases().open();
      int room = (MEBIBYTES << 20) - (MEBIBYTES << 20) / 16;
      for (int i = 0; i < room / BLOB_BYTES; i++) {
        blobs.with(PutPolicy.derived(1), scope).put(List.of(random(random)));
      }
      List<Future<?>> waiting = new ArrayList<>();
      for (int i = 0; i < 1200; i++) {
        Blob blob = Blob.of(Mutations.randomBytes(4096, random));
        waiting.add(threads.submit(() -> blobs.put(List.of(blob))));
      }
      await(() -> node.status().waiting() >= 200);
      scope.close();
      for (Future<?> each : waiting) {
        each.get(60, TimeUnit.SECONDS);
      }
      assertEquals(0, node.status().holds());
      assertEquals(1200L * 4096, node.status().chargedBytes());
    }
  }

  @Test
  void aPutToAFullNodeFailsInTimeAndSaysWhy() {
    try (TestNodes nodes = new TestNodes(folder)) {
      nodes.start("a", 0, MEBIBYTES);
      FabricBlobs blobs = nodes.reader(1, Duration.ofSeconds(3));
      RandomGenerator random = random();
      FabricException failure =
          assertThrows(
              FabricException.class,
              () -> {
                for (int i = 0; i < 2 * (MEBIBYTES << 20) / BLOB_BYTES; i++) {
                  blobs.put(List.of(random(random)));
                }
              });
      assertTrue(failure instanceof OutOfSpace, failure.toString());
      assertTrue(failure.toString().contains("the node keeps"), failure.toString());
    }
  }

  /// The call that may not wait leaves what needs a file to the one that may.
  @Test
  void aSmallPutOfANewAccountReserves() {
    try (TestNodes nodes = new TestNodes(folder)) {
      MemoryServer node = nodes.start("a", 0, MEBIBYTES);
      Blob blob = Blob.of(Mutations.randomBytes(100, random()));
      ReserveRequest.Item item =
          new ReserveRequest.Item(blob.hash(), 100, new Retention.Derived(1));
      SessionId session = SessionId.random(new SecureRandom());
      Account nightly = new Account("nightly");
      ReserveRequest ask =
          new ReserveRequest(
              Tenant.DEFAULT,
              session,
              new SpaceTerms(nightly, Duration.ofSeconds(10)),
              null,
              null,
              List.of(item));
      try (Channel channel = RpcClient.connect(node.address(), soon())) {
        PutRequest put = new PutRequest(1, 0, ask);
        assertThrows(
            OutOfCredits.class, () -> channel.call(MemoryCalls.PUT, put, soon()), "a new account");
        FabricBlobs blobs = nodes.reader(1);
        blobs.with(PutPolicy.derived(1).withAccount(nightly)).put(List.of(blob));
        assertEquals(100, blobs.get(blob.hash()).length());
        assertThrows(
            NotFound.class, () -> channel.call(MemoryCalls.PUT, put, soon()), "only the window");
      }
    }
  }
}
