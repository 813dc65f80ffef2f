package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.measure.Distribution;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.paxoslog.api.LogPeer;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import io.kogluktualuk.paxoslog.api.StateMachine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.protocol.RaftGroupId;

/// The replicas of one or several logs that a process keeps: one consensus port, one folder.
///
/// The set of logs is fixed when a cluster is formed, and the same in all its processes.
///
/// **Threading:** any thread. **Ownership:** the creator closes; closing ends all its logs.
/// **Bound:** [IdentityMark#LOGS_MAX] logs.
public final class LogHost implements AutoCloseable {

  /// A successor is up to date within a round trip; longer than this it is not worth waiting.
  private static final Duration HAND_OVER_MAX = Duration.ofSeconds(2);

  /// How often a start looks whether there is something to wait for.
  private static final Duration WATCH = Duration.ofMillis(100);

  private final LogHostSettings settings;
  private final LogFolder folder;
  private final boolean endsWithItsLog;
  private final RatisServer server;
  private final SortedMap<String, RatisLog> logs = new TreeMap<>();
  private volatile boolean isStarted;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  private LogHost(
      LogHostSettings settings,
      LogFolder folder,
      Map<String, StateMachine> stateMachines,
      boolean endsWithItsLog) {
    this.settings = settings;
    this.folder = folder;
    this.endsWithItsLog = endsWithItsLog;
    Map<RaftGroupId, AppliedMachine> machines = new ConcurrentHashMap<>();
    this.server = new RatisServer(settings, folder, machines);
    stateMachines.forEach(
        (name, stateMachine) -> {
          RaftGroupId id = RatisNames.groupId(settings.clusterId(), name);
          AppliedMachine machine =
              new AppliedMachine(
                  stateMachine, () -> folder.markFormed(name), bytes -> onApplied(name, bytes));
          machines.put(id, machine);
          RatisGroup group = new RatisGroup(server, id, machine);
          logs.put(
              name,
              new RatisLog(
                  settings.nodeId(),
                  "the log '" + name + "' of replica " + settings.nodeId() + ", " + folder,
                  group,
                  new SnapshotWriter(settings),
                  this::onLogClosed));
        });
  }

  /// Starts the replicas of this process and waits until each knows a leader; a lone replica has
  /// then applied everything. One that joins does not wait.
  ///
  /// @param stateMachines the machine of each log, by its name; fresh ones, which are filled
  ///     from the latest snapshots and the logs behind them
  /// @throws io.kogluktualuk.fabric.fault.Conflict when the folder or the port is in use, or the
  ///     folder belongs to another cluster or replica, or has another set of logs
  /// @throws io.kogluktualuk.fabric.fault.Corruption when a log, a snapshot or the identity mark
  ///     is damaged or missing
  /// @throws Unavailable when the folder cannot be used or no leader is found in time
  public static LogHost open(LogHostSettings settings, Map<String, StateMachine> stateMachines) {
    return open(settings, stateMachines, false);
  }

  /// A host that closes when its only log does.
  static LogHost openForOne(LogHostSettings settings, String name, StateMachine stateMachine) {
    return open(settings, Map.of(name, stateMachine), true);
  }

  private static LogHost open(
      LogHostSettings settings, Map<String, StateMachine> stateMachines, boolean endsWithItsLog) {
    LogFolder folder = LogFolder.open(settings, stateMachines.keySet());
    LogHost host;
    try {
      host = new LogHost(settings, folder, stateMachines, endsWithItsLog);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
    try {
      host.start();
      return host;
    } catch (RuntimeException e) {
      try {
        host.close();
      } catch (RuntimeException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  /// The replica of a log in this process.
  ///
  /// @throws IllegalArgumentException when no such log was given to [#open]
  public ReplicatedLog log(String name) {
    return logOf(name);
  }

  /// How long syncs of a log's file took since the start.
  public Distribution syncTimes(String name) {
    return LogRegistries.syncTimes(logOf(name).group().memberId());
  }

  /// The replicas that the logs have agreed on, as far as this process knows.
  public List<LogPeer> peers() {
    return logs.firstEntry().getValue().group().peers();
  }

  /// Makes these the replicas of all logs, online: one is added, removed or replaced at a time,
  /// or several as long as the old ones keep the majority. A new one must have been started as
  /// *joining*; it gets what there is before it counts. May be called at any member, and again
  /// with the same list when it failed.
  ///
  /// @throws InvalidArgument when a member could not be reached by the others
  /// @throws Conflict when too many are new at once, or an id has been used before
  public void changePeers(List<LogPeer> members, Deadline deadline) {
    RatisLog first = logs.firstEntry().getValue();
    first.barrier(deadline);
    List<String> before = peers().stream().map(LogPeer::id).toList();
    for (LogPeer member : members) {
      if (member.port() == 0 && members.size() > 1) {
        throw new InvalidArgument("replica " + member.id() + " needs a port that others can know");
      }
      if (!before.contains(member.id()) && first.remembers(member.id())) {
        throw new Conflict(
            "replica id " + member.id() + " has been used before; a new replica needs a fresh one");
      }
    }
    logs.values().forEach(log -> log.changePeers(members, deadline));
    members.forEach(member -> first.remember(member.id(), deadline));
  }

  /// Makes a replica the leader of all logs.
  ///
  /// @throws InvalidArgument when it is not a member
  public void transferLeadership(String toId, Deadline deadline) {
    if (peers().stream().noneMatch(peer -> peer.id().equals(toId))) {
      throw new InvalidArgument("replica " + toId + " is not among the members " + peers());
    }
    logs.values().forEach(log -> log.transferLeadership(toId, deadline));
  }

  /// Stops the replicas in order. Where one leads, another takes over first.
  @Override
  public void close() {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    try (folder) {
      if (isStarted) {
        logs.values().forEach(log -> log.handOver(HAND_OVER_MAX));
      }
      logs.values().forEach(RatisLog::close);
      server.close();
    }
  }

  RatisLog logOf(String name) {
    RatisLog found = logs.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "there is no log '" + name + "' here; there are " + logs.keySet());
    }
    return found;
  }

  private void start() {
    server.start();
    if (!folder.isFormed(logs.firstKey())) {
      RaftGroupId first = logs.firstEntry().getValue().group().id();
      new FirstStart(settings, server, first).check(folder);
    }
    logs.forEach((name, log) -> server.start(name, log.group()));
    Deadline deadline = Deadline.after(settings.startTimeout());
    for (RatisLog log : logs.values()) {
      if (!settings.isJoining()) {
        awaitLeader(log, deadline);
      }
      log.checkHealthy();
    }
    isStarted = true;
    if (!settings.isJoining()) {
      logs.firstEntry().getValue().remember(settings.nodeId(), deadline);
    }
  }

  private void awaitLeader(RatisLog log, Deadline deadline) {
    try {
      while (!log.awaitLeader(WATCH)) {
        if (log.isRemoved()) {
          throw new Conflict(
              "replica " + settings.nodeId() + " was removed; it may join under a fresh id");
        }
        if (deadline.hasPassed()) {
          throw new Unavailable(
              "replica "
                  + settings.nodeId()
                  + " found no leader within "
                  + settings.startTimeout()
                  + " among "
                  + settings.peers());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while replica " + settings.nodeId() + " started", e);
    }
  }

  private void onApplied(String name, int bytes) {
    logOf(name).onApplied(bytes);
  }

  private void onLogClosed() {
    if (endsWithItsLog) {
      close();
    }
  }
}
