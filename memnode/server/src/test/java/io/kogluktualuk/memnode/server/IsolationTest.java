package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.MemoryStatus;
import io.kogluktualuk.memnode.api.NodeDescription;
import io.kogluktualuk.memnode.api.ReserveResponse;
import io.kogluktualuk.memnode.api.SealResult;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.api.WriteWindow;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import io.kogluktualuk.rdma.transport.memory.RemoteRegion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a peer can do that keeps to no rule: with a memory node in a process of its own, over
/// whatever provider this process uses.
@Timeout(600)
class IsolationTest {

  private static final Tenant OTHER = new Tenant("other");

  private final Path folder;
  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  IsolationTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private NodeProcess start(String... options) throws IOException {
    return NodeProcess.start(folder, 128, options);
  }

  private Blob blob(int length) {
    return Blob.of(Mutations.randomBytes(length, random));
  }

  private static FabricBlobs store(NodeProcess node, Tenant tenant) {
    return FabricBlobs.open(
        () -> List.of(node.node()),
        ReaderSettings.defaults().withTenant(tenant).withReplicas(1).withBuffers(8, 2));
  }

  private static void until(String what, Check check) throws Exception {
    while (!check.isSo()) {
      assertFalse(Thread.interrupted(), what);
      Thread.onSpinWait();
    }
  }

  private interface Check {
    boolean isSo() throws Exception;
  }

  /// Puts a blob by hand, and returns where it lies.
  private static BlobLocation put(RawPeer peer, Blob blob) {
    WriteWindow window = peer.window(blob);
    peer.write(window.region(), 0, blob.toArray());
    SealResult result = peer.seal(window).items().getFirst();
    return assertInstanceOf(SealResult.Sealed.class, result).location();
  }

  @Test
  void anotherTenantsKeyIsDeniedByTheAdapter() throws Exception {
    try (NodeProcess node = start("tenants=other");
        RawPeer own = new RawPeer(node.node(), Tenant.DEFAULT);
        RawPeer foreign = new RawPeer(node.node(), OTHER)) {
      Blob blob = blob(5000);
      BlobLocation place = put(own, blob);
      NodeDescription description = own.describe();
      RemoteRegion arena = description.regions().get(place.region());
      WriteWindow window = own.window(blob(100));
      assertTrue(RawPeer.isDenied(() -> foreign.read(arena, place.offset(), 5000)));
      assertTrue(RawPeer.isDenied(() -> foreign.read(description.index().getFirst(), 0, 64)));
      assertTrue(RawPeer.isDenied(() -> foreign.write(window.region(), 0, new byte[8])));
      assertArrayEquals(blob.toArray(), own.read(arena, place.offset(), 5000));
      own.write(window.region(), 0, new byte[8]);
      put(foreign, blob(100));
    }
  }

  @Test
  void tenantsShareNothingButTheNode() throws Exception {
    Blob ours = blob(1000);
    Blob theirs = blob(200_000);
    try (NodeProcess node = start("tenants=other");
        FabricBlobs own = store(node, Tenant.DEFAULT);
        FabricBlobs foreign = store(node, OTHER);
        RawPeer peer = new RawPeer(node.node(), OTHER)) {
      own.put(List.of(ours));
      foreign.put(List.of(theirs));
      assertThrows(NotFound.class, () -> own.get(theirs.hash()));
      assertThrows(NotFound.class, () -> foreign.get(ours.hash()));
      assertEquals(Set.of(theirs.hash()), own.missing(List.of(theirs.hash(), ours.hash())));
      MemoryStatus status = peer.status();
      assertEquals(2, status.blobs());
      assertEquals(128L << 20, status.capacityBytes());
      assertEquals(
          List.of(
              new MemoryStatus.TenantUse(Tenant.DEFAULT, 64L << 20, 1024, 1),
              new MemoryStatus.TenantUse(OTHER, 64L << 20, 200_000, 1)),
          status.tenants());
    }
    try (NodeProcess node = start("tenants=more,other");
        FabricBlobs own = store(node, Tenant.DEFAULT);
        FabricBlobs foreign = store(node, OTHER)) {
      assertArrayEquals(ours.toArray(), own.get(ours.hash()).toArray());
      assertArrayEquals(theirs.toArray(), foreign.get(theirs.hash()).toArray());
      assertThrows(NotFound.class, () -> own.get(theirs.hash()));
    }
  }

  @Test
  void anUnknownTenantIsTheCallersMistake() throws Exception {
    try (NodeProcess node = start("tenants=other");
        FabricBlobs nobody = store(node, new Tenant("nobody"))) {
      Blob blob = blob(10);
      for (Runnable call :
          List.<Runnable>of(() -> nobody.get(blob.hash()), () -> nobody.put(List.of(blob)))) {
        InvalidArgument failure = assertThrows(InvalidArgument.class, call::run);
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains("no tenant 'nobody'; it has [default, other]"), message);
      }
    }
    List<Tenant> many = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      many.add(new Tenant("tenant-" + i));
    }
    MemorySettings settings = TestNodes.settings(folder, "a", 0, TestNodes.storeOf(1024));
    InvalidArgument failure = assertThrows(InvalidArgument.class, () -> settings.withTenants(many));
    assertTrue(String.valueOf(failure.getMessage()).contains("at most 16"), failure.getMessage());
    MemorySettings small = TestNodes.settings(folder, "a", 0, TestNodes.storeOf(32));
    assertThrows(
        InvalidArgument.class, () -> MemoryServer.open(small.withTenants(many.subList(0, 2))));
  }

  @Test
  void whatIsStoredCannotBeWrittenAndWindowsCannotBeRead() throws Exception {
    try (NodeProcess node = start();
        RawPeer peer = new RawPeer(node.node(), Tenant.DEFAULT)) {
      Blob blob = blob(5000);
      BlobLocation place = put(peer, blob);
      NodeDescription description = peer.describe();
      RemoteRegion arena = description.regions().get(place.region());
      assertTrue(RawPeer.isDenied(() -> peer.write(arena, place.offset(), new byte[8])));
      assertTrue(
          RawPeer.isDenied(() -> peer.write(description.index().getFirst(), 0, new byte[64])));
      WriteWindow window = peer.window(blob(100));
      assertTrue(RawPeer.isDenied(() -> peer.read(window.region(), 0, 8)));
      assertArrayEquals(blob.toArray(), peer.read(arena, place.offset(), 5000));
    }
  }

  @Test
  void aWindowEndsWhereItEnds() throws Exception {
    try (NodeProcess node = start();
        RawPeer peer = new RawPeer(node.node(), Tenant.DEFAULT)) {
      RemoteRegion region = peer.window(blob(100)).region();
      RemoteRegion longer =
          new RemoteRegion(region.address(), region.length() + 4096, region.rkey());
      RemoteRegion before = new RemoteRegion(region.address() - 64, region.length(), region.rkey());
      assertTrue(RawPeer.isDenied(() -> peer.write(longer, region.length(), new byte[8])));
      assertTrue(RawPeer.isDenied(() -> peer.write(longer, region.length() - 4, new byte[8])));
      assertTrue(RawPeer.isDenied(() -> peer.write(before, 0, new byte[8])));
      peer.write(region, region.length() - 8, new byte[8]);
    }
  }

  @Test
  void aWindowIsUsedOnceByWhoReservedIt() throws Exception {
    try (NodeProcess node = start();
        RawPeer peer = new RawPeer(node.node(), Tenant.DEFAULT);
        RawPeer thief = new RawPeer(node.node(), Tenant.DEFAULT)) {
      Blob blob = blob(5000);
      WriteWindow window = peer.window(blob);
      peer.write(window.region(), 0, blob.toArray());
      assertThrows(Refused.class, () -> thief.seal(window));
      BlobLocation place =
          assertInstanceOf(SealResult.Sealed.class, peer.seal(window).items().getFirst())
              .location();
      assertThrows(NotFound.class, () -> peer.seal(window));
      // Its key dies soon; until then a write changes nothing that anybody has.
      until(
          "the key of a used window dies",
          () -> RawPeer.isDenied(() -> peer.write(window.region(), 0, new byte[5000])));
      RemoteRegion arena = peer.describe().regions().get(place.region());
      assertArrayEquals(blob.toArray(), peer.read(arena, place.offset(), 5000));
      assertNotEquals(window.region().rkey(), peer.window(blob(4000)).region().rkey());
    }
  }

  @Test
  void aWindowHasItsTime() throws Exception {
    try (NodeProcess node = start("lifetime=200");
        RawPeer peer = new RawPeer(node.node(), Tenant.DEFAULT)) {
      Blob blob = blob(5000);
      WriteWindow window = peer.window(blob);
      until(
          "the key of an expired window dies",
          () -> RawPeer.isDenied(() -> peer.write(window.region(), 0, blob.toArray())));
      assertThrows(NotFound.class, () -> peer.seal(window));
      until("its room comes back", () -> peer.status().usedBytes() == 0);
      put(peer, blob);
    }
  }

  @Test
  void guessedKeysMissAndCostTheConnection() throws Exception {
    try (NodeProcess node = start();
        RawPeer victim = new RawPeer(node.node(), Tenant.DEFAULT);
        RawPeer attacker = new RawPeer(node.node(), Tenant.DEFAULT)) {
      Blob blob = blob(5000);
      RemoteRegion region;
      WriteWindow window = victim.window(blob);
      victim.write(window.region(), 0, blob.toArray());
      region = window.region();
      Seeds.run(
          IsolationTest.class,
          4,
          seeded -> {
            for (int i = 0; i < 25; i++) {
              RemoteRegion guess =
                  new RemoteRegion(region.address(), region.length(), seeded.nextInt());
              assertTrue(
                  RawPeer.isDenied(() -> attacker.write(guess, 0, new byte[8])),
                  () -> "rkey " + guess.rkey());
            }
          });
      assertInstanceOf(SealResult.Sealed.class, victim.seal(window).items().getFirst());
    }
  }

  @Test
  void aFloodOfReservationsTakesNoMoreThanTheWindows() throws Exception {
    try (NodeProcess node = start("lifetime=1000");
        FabricBlobs store = store(node, Tenant.DEFAULT);
        RawPeer watcher = new RawPeer(node.node(), Tenant.DEFAULT);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      AtomicBoolean isOver = new AtomicBoolean();
      List<Future<Integer>> floods = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        floods.add(threads.submit(() -> flood(node, isOver)));
      }
      // All small windows are lent, again and again; who has something to put gets its turn.
      until("the windows are lent", () -> watcher.status().windowsOpen() >= 16);
      List<Blob> stored = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Blob blob = blob(100);
        store.put(List.of(blob));
        stored.add(blob);
        MemoryStatus status = watcher.status();
        assertTrue(status.windowsOpen() <= 19, "16 small, 2 medium, 1 large: " + status);
        assertTrue(status.usedBytes() <= 19 * 64 + 3 * 128, status.toString());
      }
      isOver.set(true);
      for (Future<Integer> flood : floods) {
        assertTrue(flood.get() > 4, "windows per flooding session");
      }
      until("all windows expire", () -> watcher.status().windowsOpen() == 0);
      assertEquals(3 * 128, watcher.status().usedBytes());
      for (Blob blob : stored) {
        assertArrayEquals(blob.toArray(), store.get(blob.hash()).toArray());
      }
    }
  }

  /// Reserves and never seals; returns how many windows it got.
  private int flood(NodeProcess node, AtomicBoolean isOver) {
    int windows = 0;
    RandomGenerator own = RandomGenerator.of("L64X128MixRandom");
    try (RawPeer peer = new RawPeer(node.node(), Tenant.DEFAULT)) {
      while (!isOver.get()) {
        ReserveResponse response = peer.reserve(Blob.of(Mutations.randomBytes(50, own)));
        windows += response.window() == null ? 0 : 1;
      }
    }
    return windows;
  }

  @Test
  void openWindowsCostNothingThatWasSealedWhenTheNodeIsKilled() throws Exception {
    List<Blob> sealed = new ArrayList<>();
    List<Blob> open = new ArrayList<>();
    try (NodeProcess node = start();
        RawPeer peer = new RawPeer(node.node(), Tenant.DEFAULT)) {
      for (int i = 0; i < 6; i++) {
        Blob first = blob(random.nextInt(1, 60_000));
        Blob second = blob(random.nextInt(1, 60_000));
        put(peer, first);
        WriteWindow window = peer.window(second);
        peer.write(window.region(), 0, second.toArray());
        sealed.add(first);
        open.add(second);
      }
      node.kill();
    }
    try (NodeProcess node = start();
        FabricBlobs store = store(node, Tenant.DEFAULT);
        RawPeer peer = new RawPeer(node.node(), Tenant.DEFAULT)) {
      for (Blob blob : sealed) {
        assertArrayEquals(blob.toArray(), store.get(blob.hash()).toArray());
      }
      assertEquals(
          Set.copyOf(open.stream().map(Blob::hash).toList()),
          store.missing(open.stream().map(Blob::hash).toList()));
      assertEquals(sealed.size(), peer.status().blobs());
      assertEquals(0, peer.status().windowsOpen());
      assertEquals(0, peer.status().dropped());
    }
  }

  @Test
  void readersNoticeNothingOfChangingKeys() throws Exception {
    try (NodeProcess node = start("renew=60", "grace=20");
        FabricBlobs store = store(node, Tenant.DEFAULT);
        RawPeer watcher = new RawPeer(node.node(), Tenant.DEFAULT);
        ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Blob> blobs = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        blobs.add(blob(random.nextInt(10_000)));
      }
      store.put(blobs);
      AtomicBoolean isOver = new AtomicBoolean();
      List<Future<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        boolean together = i == 2;
        readers.add(threads.submit(() -> readAll(store, blobs, together, isOver)));
      }
      Set<Integer> keys = new HashSet<>();
      RemoteRegion first = watcher.describe().index().getFirst();
      until(
          "the keys change",
          () -> keys.add(watcher.describe().index().getFirst().rkey()) & keys.size() > 20);
      assertTrue(RawPeer.isDenied(() -> watcher.read(first, 0, 64)), "the first key has died");
      isOver.set(true);
      for (Future<Integer> reader : readers) {
        assertTrue(reader.get() > 0);
      }
      assertEquals(0, store.counts().rejected());
    }
  }

  private static int readAll(
      FabricBlobs store, List<Blob> blobs, boolean together, AtomicBoolean isOver) {
    int rounds = 0;
    while (!isOver.get()) {
      if (together) {
        store.getAll(blobs.stream().map(Blob::hash).toList());
      } else {
        blobs.forEach(b -> assertArrayEquals(b.toArray(), store.get(b.hash()).toArray()));
      }
      rounds++;
    }
    return rounds;
  }
}
