package io.kogluktualuk.controlplane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.ChangePlane;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.controlplane.client.ControlLink;
import io.kogluktualuk.controlplane.model.Memos;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import io.kogluktualuk.paxoslog.api.LogPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three control nodes in processes of their own, killed, stopped and restarted under load: what
/// was acknowledged is never lost, and the memo index looks like one to everybody.
@Timeout(240)
final class ControlClusterTest {

  private static final Duration CALL_MAX = Duration.ofSeconds(20);
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Path folder;
  private final List<LogPeer> peers = new ArrayList<>();
  private final Map<String, Integer> ports = new TreeMap<>();
  private final Map<String, ChildJvm> nodes = new TreeMap<>();
  private final MemoHistory history = new MemoHistory();
  private final AtomicLong keys = new AtomicLong();
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicInteger hits = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean isOver;

  ControlClusterTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @AfterEach
  void endAll() throws InterruptedException {
    isOver = true;
    for (Thread client : clients) {
      client.join();
    }
    nodes.values().forEach(ChildJvm::kill);
  }

  private void startCluster(int memoShards) throws IOException {
    for (int number = 1; number <= 3; number++) {
      peers.add(ControlNodeProcess.peer("control-" + number, freePort()));
      ports.put("control-" + number, freePort());
    }
    for (LogPeer peer : peers) {
      nodes.put(peer.id(), start(peer.id(), memoShards));
    }
    for (ChildJvm node : nodes.values()) {
      node.line();
    }
  }

  private ChildJvm start(String id, int memoShards) throws IOException {
    int port = ports.getOrDefault(id, 0);
    return ControlNodeProcess.start(folder, id, port, peers, memoShards, false);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, RdmaAddress.host())) {
      return socket.getLocalPort();
    }
  }

  private ChildJvm node(String id) {
    return Objects.requireNonNull(nodes.get(id), id);
  }

  private InetSocketAddress address(String id) {
    return RdmaAddress.port(Objects.requireNonNull(ports.get(id), id));
  }

  private ControlLink link() {
    List<InetSocketAddress> addresses =
        ports.values().stream().map(port -> RdmaAddress.port(port)).toList();
    return ControlLink.open(addresses);
  }

  private String leader() {
    try (ControlLink link = link()) {
      ControlClient client = new ControlClient(link, CALL_MAX);
      String[] found = {""};
      await(
          () -> {
            found[0] = client.plane().groups().getFirst().leader();
            return !found[0].isEmpty();
          });
      return found[0];
    }
  }

  private void startClients(int recorders, int readers) {
    for (int i = 0; i < recorders; i++) {
      clients.add(Thread.ofPlatform().daemon().name("recorder-" + i).start(this::record));
    }
    for (int i = 0; i < readers; i++) {
      clients.add(Thread.ofPlatform().daemon().name("reader-" + i).start(this::look));
    }
  }

  private void record() {
    try (ControlLink link = link()) {
      ControlClient client = new ControlClient(link, CALL_MAX);
      while (!isOver) {
        long key = keys.incrementAndGet();
        try {
          client.record(Memos.memo(key));
          history.acknowledged(key);
          acknowledged.incrementAndGet();
        } catch (FabricException e) {
          refused.incrementAndGet(); // its outcome is open
        }
      }
    }
  }

  /// Looks for what is being recorded just now, and for what has been there from the beginning.
  private void look() {
    try (ControlLink link = link()) {
      ControlClient client = new ControlClient(link, CALL_MAX);
      while (!isOver) {
        long key = Math.max(1, keys.get());
        long began = history.now();
        try {
          boolean isHit = client.lookup(Memos.key(key)) != null;
          history.lookedUp(key, began, isHit);
          hits.incrementAndGet();
        } catch (FabricException e) {
          refused.incrementAndGet();
        }
      }
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within " + LONG);
      LockSupport.parkNanos(5_000_000);
    }
  }

  /// Waits until the load goes on.
  private void awaitMore(int updates, int lookups) {
    int before = acknowledged.get();
    int beforeHits = hits.get();
    await(() -> acknowledged.get() >= before + updates && hits.get() >= beforeHits + lookups);
  }

  private void checkAll() throws InterruptedException {
    isOver = true;
    for (Thread client : clients) {
      client.join();
    }
    assertEquals(List.of(), history.violations());
    assertTrue(history.lookups() > 0, "nobody looked");
    try (ControlLink link = link()) {
      ControlClient client = new ControlClient(link, CALL_MAX);
      List<Hash> known = history.acknowledged().stream().map(Memos::key).toList();
      assertEquals(known.size(), client.lookup(known).size(), "acknowledged updates are lost");
    }
  }

  @Test
  void nothingAcknowledgedIsLostWhenTheLeaderIsKilledAndComesBack() throws Exception {
    startCluster(1);
    startClients(3, 2);
    awaitMore(200, 50);
    String first = leader();
    node(first).kill();
    awaitMore(100, 50);
    String second = leader();
    assertFalse(second.equals(first), "a dead node leads");
    nodes.put(first, start(first, 1));
    node(first).line();
    awaitCaughtUp(first);
    node(second).kill();
    awaitMore(100, 50);
    checkAll();
  }

  @Test
  void knownOutcomesAreAnsweredWithoutAMajority() throws Exception {
    startCluster(1);
    try (ControlLink link = link()) {
      ControlClient client = new ControlClient(link, CALL_MAX);
      client.record(Memos.memo(1));
      String leader = leader();
      String follower =
          nodes.keySet().stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
      await(() -> isKnownAt(follower));
      for (String id : List.copyOf(nodes.keySet())) {
        if (!id.equals(follower)) {
          node(id).kill();
        }
      }
      assertEquals(Memos.outcome(1, 1), client.lookup(Memos.key(1)));
    }
  }

  private boolean isKnownAt(String id) {
    try (ControlLink one = ControlLink.open(List.of(address(id)))) {
      return new ControlClient(one, CALL_MAX).lookup(Memos.key(1)) != null;
    }
  }

  @Test
  void aLeaderThatWasStoppedForAWhileAnswersNothingStale() throws Exception {
    startCluster(1);
    startClients(3, 2);
    awaitMore(100, 20);
    String first = leader();
    signal(first, "STOP");
    awaitMore(50, 20);
    signal(first, "CONT");
    try (ControlLink one = ControlLink.open(List.of(address(first)))) {
      ControlClient client = new ControlClient(one, CALL_MAX);
      for (int i = 0; i < 50; i++) {
        long key = history.acknowledged().stream().mapToLong(Long::longValue).max().orElseThrow();
        long began = history.now();
        history.lookedUp(key, began, client.lookup(Memos.key(key)) != null);
      }
    }
    awaitMore(50, 20);
    checkAll();
  }

  @Test
  void allRestartedKnowWhatWasAcknowledgedInEveryPart() throws Exception {
    startCluster(3);
    startClients(3, 2);
    awaitMore(200, 50);
    try (ControlLink link = link()) {
      PlaneStatus plane = new ControlClient(link, CALL_MAX).plane();
      assertEquals(4, plane.groups().size());
      assertEquals(3, plane.nodes().size());
    }
    nodes.values().forEach(ChildJvm::kill);
    for (String id : List.copyOf(nodes.keySet())) {
      nodes.put(id, start(id, 3));
    }
    for (ChildJvm node : nodes.values()) {
      node.line();
    }
    awaitMore(50, 20);
    checkAll();
  }

  @Test
  void aNodeIsReplacedOnlineUnderLoad() throws Exception {
    startCluster(1);
    startClients(3, 2);
    awaitMore(100, 20);
    String leader = leader();
    String lost =
        nodes.keySet().stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
    node(lost).kill();
    LogPeer fresh = ControlNodeProcess.peer("control-4", freePort());
    List<LogPeer> all = new ArrayList<>(peers);
    all.add(fresh);
    nodes.put(fresh.id(), ControlNodeProcess.start(folder, fresh.id(), 0, all, 1, true));
    int port = Integer.parseInt(node(fresh.id()).line());
    try (ControlLink link = link()) {
      ControlClient client = new ControlClient(link, LONG);
      client.change(new ChangePlane.Add(fresh.id(), fresh.host(), fresh.port()));
      client.change(new ChangePlane.Remove(lost, false));
      client.change(new ChangePlane.Transfer(fresh.id()));
      assertThrows(Conflict.class, () -> removeLeader(client));
      await(() -> client.plane().nodes().stream().noneMatch(node -> node.control().isEmpty()));
      PlaneStatus plane = client.plane();
      assertEquals(3, plane.nodes().size());
      assertTrue(plane.nodes().stream().noneMatch(node -> node.id().equals(lost)));
      link.refresh(Deadline.after(CALL_MAX));
      assertTrue(link.addresses().contains(RdmaAddress.port(port)), "the new node is not known");
    }
    awaitMore(100, 20);
    ports.put(fresh.id(), port);
    awaitCaughtUp(fresh.id());
    checkAll();
  }

  /// The leader does not take itself out.
  private void removeLeader(ControlClient client) {
    String leader = client.plane().groups().getFirst().leader();
    client.change(new ChangePlane.Remove(leader, false));
  }

  private void awaitCaughtUp(String id) {
    try (ControlLink one = ControlLink.open(List.of(address(id)))) {
      ControlClient client = new ControlClient(one, CALL_MAX);
      Hash key = Memos.key(history.acknowledged().iterator().next());
      await(() -> client.lookup(key) != null);
    }
  }

  private void signal(String id, String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(node(id).pid())).start();
    assertTrue(kill.waitFor(10, TimeUnit.SECONDS) && kill.exitValue() == 0, "kill -" + name);
  }
}
