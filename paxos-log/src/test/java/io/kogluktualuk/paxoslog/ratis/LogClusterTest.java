package io.kogluktualuk.paxoslog.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.paxoslog.api.FollowerStatus;
import io.kogluktualuk.paxoslog.api.HistoryMachine;
import io.kogluktualuk.paxoslog.api.LogPeer;
import io.kogluktualuk.paxoslog.api.LogStatus;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three replicas: appends from any of them, a new leader when one goes, a snapshot for the one
/// that was away too long.
final class LogClusterTest {

  private static final int REPLICAS = 3;

  private final Path folder;
  private final List<LogPeer> peers = new ArrayList<>();
  private final List<HistoryMachine> machines = new ArrayList<>();
  private final List<ReplicatedLog> logs = new ArrayList<>();

  LogClusterTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    List<ServerSocket> probes = new ArrayList<>();
    for (int i = 0; i < REPLICAS; i++) {
      ServerSocket probe = new ServerSocket(0);
      probes.add(probe);
      peers.add(new LogPeer("c" + i, "127.0.0.1", probe.getLocalPort()));
    }
    for (ServerSocket probe : probes) {
      probe.close();
    }
  }

  @AfterEach
  void closeAll() {
    logs.forEach(ReplicatedLog::close);
  }

  private ReplicatedLog open(int replica, HistoryMachine machine) {
    LogHostSettings settings =
        LogHostSettings.of(folder.resolve("c" + replica), "three", "c" + replica, peers)
            .withSnapshotAfter(1 << 20, 100);
    return RatisLog.open(settings, machine);
  }

  private void openAll() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<ReplicatedLog>> opening = new ArrayList<>();
      for (int i = 0; i < REPLICAS; i++) {
        HistoryMachine machine = new HistoryMachine();
        machines.add(machine);
        int replica = i;
        opening.add(threads.submit(() -> open(replica, machine)));
      }
      for (Future<ReplicatedLog> each : opening) {
        logs.add(each.get());
      }
    }
  }

  private int leader() {
    for (int i = 0; i < REPLICAS; i++) {
      if (logs.get(i).status().role() == LogStatus.Role.LEADER) {
        return i;
      }
    }
    throw new AssertionError("no leader");
  }

  private static void append(ReplicatedLog log, int number) {
    log.append(("entry " + number).getBytes(UTF_8), Deadline.after(Duration.ofSeconds(20)));
  }

  private void awaitEntries(int replica, int count) {
    Deadline deadline = Deadline.after(Duration.ofSeconds(20));
    while (logs.get(replica).read(machines.get(replica)::entries).size() < count) {
      assertFalse(deadline.hasPassed(), "replica " + replica + " does not catch up");
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  @Timeout(120)
  void anyReplicaTakesEntriesAndALostOneIsReplacedAndCatchesUp() throws Exception {
    openAll();
    for (int i = 0; i < 30; i++) {
      append(logs.get(i % REPLICAS), i);
      int other = (i + 1) % REPLICAS;
      logs.get(other).barrier(Deadline.after(Duration.ofSeconds(20)));
      assertEquals(i + 1, logs.get(other).read(machines.get(other)::entries).size());
    }
    for (int i = 0; i < REPLICAS; i++) {
      awaitEntries(i, 30);
    }
    int lost = leader();
    assertEquals(2, logs.get(lost).status().followers().size());
    for (FollowerStatus follower : logs.get(lost).status().followers()) {
      assertTrue(follower.matchIndex() >= 30, follower::toString);
    }
    logs.get(lost).close();
    ReplicatedLog other = logs.get((lost + 1) % REPLICAS);
    for (int i = 30; i < 400; i++) { // far enough for the log to be cut behind a snapshot
      append(other, i);
    }
    HistoryMachine back = new HistoryMachine();
    machines.set(lost, back);
    logs.set(lost, open(lost, back));
    append(logs.get(lost), 400);
    for (int i = 0; i < REPLICAS; i++) {
      awaitEntries(i, 401);
      assertEquals(machines.getFirst().stateHash(), machines.get(i).stateHash());
    }
    assertTrue(other.status().snapshotIndex() > 0, "no snapshot was taken");
  }
}
