package io.kogluktualuk.paxoslog.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.kogluktualuk.fabric.rpc.Deadline;
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
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Several replicas of one log in one process, for tests.
///
/// **Threading:** the test's thread. **Ownership:** closing it closes them all.
final class Replicas implements AutoCloseable {

  private final Path folder;
  private final UnaryOperator<LogHostSettings> tweak;
  private final Map<String, LogPeer> peers = new TreeMap<>();
  private final Map<String, HistoryMachine> machines = new ConcurrentHashMap<>();
  private final Map<String, LogHost> hosts = new ConcurrentHashMap<>();

  Replicas(Path folder, UnaryOperator<LogHostSettings> tweak, String... ids) throws IOException {
    this.folder = folder;
    this.tweak = tweak;
    for (String id : ids) {
      add(id);
    }
  }

  /// Chooses a port for one more.
  LogPeer add(String id) throws IOException {
    try (ServerSocket probe = new ServerSocket(0)) {
      LogPeer peer = new LogPeer(id, "127.0.0.1", probe.getLocalPort());
      peers.put(id, peer);
      return peer;
    }
  }

  LogPeer peer(String id) {
    return Objects.requireNonNull(peers.get(id));
  }

  List<LogPeer> peers(String... ids) {
    return Stream.of(ids).map(this::peer).toList();
  }

  Path folder(String id) {
    return folder.resolve(id);
  }

  /// Timeouts for a machine that has other things to do.
  LogHostSettings settings(String id, List<LogPeer> members) {
    return tweak.apply(
        LogHostSettings.of(folder(id), "replicas", id, members)
            .withElectionTimeouts(Duration.ofMillis(500), Duration.ofMillis(1000)));
  }

  void openAll() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> opening = new ArrayList<>();
      for (String id : peers.keySet()) {
        opening.add(threads.submit(() -> open(id)));
      }
      for (Future<?> each : opening) {
        each.get();
      }
    }
  }

  void open(String id) {
    open(settings(id, List.copyOf(peers.values())));
  }

  void open(LogHostSettings settings) {
    HistoryMachine machine = new HistoryMachine();
    hosts.put(settings.nodeId(), LogHost.open(settings, Map.of("main", machine)));
    machines.put(settings.nodeId(), machine);
  }

  void close(String id) {
    Objects.requireNonNull(hosts.remove(id)).close();
  }

  boolean isOpen(String id) {
    return hosts.containsKey(id);
  }

  LogHost host(String id) {
    return Objects.requireNonNull(hosts.get(id));
  }

  ReplicatedLog log(String id) {
    return host(id).log("main");
  }

  HistoryMachine machine(String id) {
    return Objects.requireNonNull(machines.get(id));
  }

  List<String> entries(String id) {
    return log(id).read(() -> machine(id).entries());
  }

  void append(String id, String entry) {
    log(id).append(entry.getBytes(UTF_8), soon());
  }

  String leader() {
    String[] found = new String[1];
    await("a leader", () -> (found[0] = leaderNow()).length() > 0);
    return found[0];
  }

  String follower() {
    String leader = leader();
    return hosts.keySet().stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
  }

  /// Waits until these have the same history.
  void awaitEqual(String... ids) {
    for (String id : ids) {
      log(id).barrier(soon());
      await(
          id + " equals " + ids[0],
          () ->
              log(id)
                  .read(() -> machine(id).stateHash())
                  .equals(log(ids[0]).read(() -> machine(ids[0]).stateHash())));
    }
  }

  static void await(String what, BooleanSupplier condition) {
    Deadline deadline = soon();
    while (!condition.getAsBoolean()) {
      assertFalse(deadline.hasPassed(), () -> "not in time: " + what);
      LockSupport.parkNanos(1_000_000);
    }
  }

  static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(30));
  }

  @Override
  public void close() {
    hosts.values().forEach(LogHost::close);
  }

  private String leaderNow() {
    return hosts.entrySet().stream()
        .filter(each -> each.getValue().log("main").status().role() == LogStatus.Role.LEADER)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("");
  }
}
