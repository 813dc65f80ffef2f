package io.kogluktualuk.paxoslog.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.paxoslog.api.HistoryMachine;
import io.kogluktualuk.paxoslog.api.LogPeer;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three processes that all append; the leader is killed, again and again. Nothing acknowledged
/// is lost, nothing is doubled, and appends go on.
final class LogFailoverTest {

  private static final int ROUNDS = 3;
  private static final int APPENDS_PER_ROUND = 60;
  private static final int NUMBERS_PER_LIFE = 1_000_000;

  private final Path folder;
  private final List<LogPeer> peers = new ArrayList<>();
  private final Map<String, ChildJvm> children = new TreeMap<>();

  /// How many each life of each replica is known to have had acknowledged.
  private final Map<String, Integer> acknowledged = new TreeMap<>();

  LogFailoverTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    for (String id : List.of("c0", "c1", "c2")) {
      try (ServerSocket probe = new ServerSocket(0)) {
        peers.add(new LogPeer(id, "127.0.0.1", probe.getLocalPort()));
      }
    }
  }

  /// One replica that appends numbered entries until it is told to stop.
  static final class Replica {

    private Replica() {}

    public static void main(String[] arguments) throws Exception {
      String id = arguments[1];
      List<LogPeer> peers = new ArrayList<>();
      for (int i = 3; i < arguments.length; i++) {
        String[] parts = arguments[i].split("=");
        peers.add(new LogPeer(parts[0], "127.0.0.1", Integer.parseInt(parts[1])));
      }
      LogHostSettings settings =
          LogHostSettings.of(Path.of(arguments[0], id), "failover", id, peers)
              .withElectionTimeouts(Duration.ofMillis(500), Duration.ofMillis(1000))
              .withSnapshotAfter(1 << 20, 100);
      HistoryMachine machine = new HistoryMachine();
      try (LogHost host = LogHost.open(settings, Map.of("main", machine))) {
        ReplicatedLog log = host.log("main");
        AtomicInteger acknowledged = new AtomicInteger();
        Thread load =
            Thread.ofVirtual().start(() -> append(log, id + "-", arguments[2], acknowledged));
        System.out.println("ready");
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
          switch (line) {
            case "acknowledged" -> System.out.println(acknowledged.get());
            case "leader" -> System.out.println(String.valueOf(log.status().leader()));
            case "stop" -> {
              load.interrupt();
              load.join();
              System.out.println(acknowledged.get());
            }
            case "entries" -> {
              log.barrier(Deadline.after(Duration.ofSeconds(30)));
              System.out.println(String.join(" ", log.read(machine::entries)));
            }
            default -> throw new IllegalArgumentException(line);
          }
        }
      }
    }

    /// Ends with the first entry of which it is not known what came of it.
    private static void append(
        ReplicatedLog log, String prefix, String first, AtomicInteger acknowledged) {
      int next = Integer.parseInt(first);
      try {
        while (!Thread.currentThread().isInterrupted()) {
          log.append((prefix + next++).getBytes(UTF_8), Deadline.after(Duration.ofSeconds(30)));
          acknowledged.incrementAndGet();
        }
      } catch (FabricException e) {
        System.err.println(prefix + (next - 1) + ": " + e.getMessage());
      }
    }
  }

  private void start(String id, int life) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of(folder.toString(), id, Integer.toString(life * NUMBERS_PER_LIFE)));
    peers.forEach(peer -> arguments.add(peer.id() + "=" + peer.port()));
    children.put(id, ChildJvm.start(Replica.class, arguments.toArray(String[]::new)));
  }

  private String ask(String id, String question) throws IOException {
    ChildJvm child = Objects.requireNonNull(children.get(id));
    child.tell(question);
    return child.line();
  }

  private void awaitReady(String id) throws IOException {
    assertEquals("ready", Objects.requireNonNull(children.get(id)).line());
  }

  /// Waits until each of these has got so many more acknowledged.
  private void awaitProgress(Iterable<String> ids) throws IOException {
    for (String id : ids) {
      int goal = Integer.parseInt(ask(id, "acknowledged")) + APPENDS_PER_ROUND;
      Deadline deadline = Deadline.after(Duration.ofSeconds(60));
      while (Integer.parseInt(ask(id, "acknowledged")) < goal) {
        assertFalse(deadline.hasPassed(), "appends at " + id + " do not go on");
        LockSupport.parkNanos(5_000_000);
      }
    }
  }

  @Test
  @Timeout(240)
  void killingLeadersLosesAndDoublesNothing() throws Exception {
    try {
      for (LogPeer peer : peers) {
        start(peer.id(), 0);
      }
      for (LogPeer peer : peers) {
        awaitReady(peer.id());
      }
      Map<String, Integer> lives = new TreeMap<>();
      for (int round = 1; round <= ROUNDS; round++) {
        awaitProgress(children.keySet());
        String leader = ask("c0", "leader");
        int life = lives.getOrDefault(leader, 0);
        acknowledged.put(leader + "/" + life, Integer.parseInt(ask(leader, "acknowledged")));
        Objects.requireNonNull(children.remove(leader)).kill();
        awaitProgress(children.keySet());
        lives.put(leader, life + 1);
        start(leader, life + 1);
        awaitReady(leader);
      }
      awaitProgress(children.keySet());
      for (String id : children.keySet()) {
        int life = lives.getOrDefault(id, 0);
        acknowledged.put(id + "/" + life, Integer.parseInt(ask(id, "stop")));
      }
      List<String> entries = List.of(ask("c0", "entries").split(" "));
      assertEquals(entries, List.of(ask("c1", "entries").split(" ")));
      assertEquals(entries, List.of(ask("c2", "entries").split(" ")));
      checkHistory(entries);
    } finally {
      children.values().forEach(ChildJvm::kill);
    }
  }

  private void checkHistory(List<String> entries) {
    Set<String> once = new HashSet<>(entries);
    assertEquals(entries.size(), once.size(), "entries are doubled");
    assertTrue(entries.size() > ROUNDS * APPENDS_PER_ROUND);
    acknowledged.forEach(
        (who, count) -> {
          String[] parts = who.split("/");
          int first = Integer.parseInt(parts[1]) * NUMBERS_PER_LIFE;
          for (int i = first; i < first + count; i++) {
            assertTrue(once.contains(parts[0] + "-" + i), parts[0] + "-" + i + " is lost");
          }
        });
  }
}
