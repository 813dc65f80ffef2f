package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.ControlStatus;
import io.kogluktualuk.controlplane.api.Disagreement;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.controlplane.model.ControlMachine;
import io.kogluktualuk.controlplane.model.ControlMachine.Hosted;
import io.kogluktualuk.controlplane.model.members.MembersTable;
import io.kogluktualuk.fabric.fault.OpenParts;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Caller;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.paxoslog.api.LogStatus;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import io.kogluktualuk.paxoslog.ratis.LogHost;
import io.kogluktualuk.rdma.transport.endpoint.VerbsStatus;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Everything of a control node but the transport of its calls.
///
/// **Threading:** any thread.
final class ControlService implements AutoCloseable {

  /// The name of the log of everything but the memo index, and of that too when it has one part.
  static final String MAIN = "main";

  /// See decision 0033.
  private static final int ENTRIES_IN_FLIGHT = 1;

  private final ControlMachine machine;
  private final MethodTable methods = VerbsStatus.addTo(new MethodTable());
  private final OpenParts opened = new OpenParts("a control node");
  private final Map<String, MeasuredLog> logs = new LinkedHashMap<>();
  private final Map<String, Proposer> proposers = new LinkedHashMap<>();
  private final ReplicatedLog log;
  private final MemoShards shards;
  private final MemoUpkeep upkeep;
  private final Pulse pulse;
  private final MemberCalls members;
  private final PlaneCalls plane;
  private final boolean isJoining;

  /// Opens the log and waits until it can answer; fails as [ControlServer#open].
  ControlService(ControlSettings settings) {
    machine =
        new ControlMachine(settings.memoShards() == 1 ? Hosted.EVERYTHING : Hosted.ALL_BUT_MEMOS);
    isJoining = settings.log().isJoining();
    Map<String, ControlMachine> machines = machines(settings.memoShards());
    LogHost host = opened.add(openLogs(settings, machines));
    machines
        .keySet()
        .forEach(
            name -> logs.put(name, new MeasuredLog(host.log(name), () -> host.syncTimes(name))));
    log = logOf(MAIN);
    Proposer proposer = proposer(MAIN, settings);
    shards = new MemoShards(shards(settings, machines, proposer));
    pulse = new Pulse(System::nanoTime, settings.silentAfter());
    MainLog main = new MainLog(log, proposer, settings.commitTimeout());
    members = new MemberCalls(main, machine, pulse);
    members.addTo(methods);
    new LeaseCalls(main, machine).addTo(methods);
    new CreditCalls(main, machine.credits()).addTo(methods);
    opened.add(new RootCalls(main, machine)).addTo(methods);
    new AuditCalls(main, machine.audit()).addTo(methods);
    new MemoCalls(shards, settings.commitTimeout()).addTo(methods);
    upkeep = new MemoUpkeep(shards, settings.commitTimeout(), Runtime.getRuntime().maxMemory());
    upkeep.addTo(methods);
    new TraceCalls(shards, settings.commitTimeout()).addTo(methods);
    plane =
        new PlaneCalls(settings.log().nodeId(), new LinkedHashMap<>(logs), log, machine.members());
    plane.addTo(methods);
    new PlaneChanges(host, (who, id) -> members.forget(who, nodeId(settings.log().clusterId(), id)))
        .addTo(methods);
    methods.on(ControlMethods.STATUS, _ -> status());
    opened.add(Timekeeper.start(main, machine, pulse, settings.lostAfter(), System::nanoTime));
  }

  /// The id of a control node among the members follows from its names, which never change.
  static NodeId nodeId(String clusterId, String replicaId) {
    Hash hash = Hash.of((clusterId + "\n" + replicaId).getBytes(StandardCharsets.UTF_8));
    return new NodeId(hash.word(0), hash.word(1));
  }

  /// The machine of each log, the main one first.
  private Map<String, ControlMachine> machines(int memoShards) {
    Map<String, ControlMachine> machines = new LinkedHashMap<>();
    machines.put(MAIN, machine);
    for (int shard = 0; memoShards > 1 && shard < memoShards; shard++) {
      machines.put(MemoShards.logName(shard, memoShards), new ControlMachine(Hosted.MEMOS));
    }
    return machines;
  }

  private static LogHost openLogs(ControlSettings settings, Map<String, ControlMachine> machines) {
    try {
      return LogHost.open(settings.log(), Map.copyOf(machines));
    } catch (Unavailable e) {
      throw settings.memoShards() == 1
          ? e
          : new Unavailable(
              e.getMessage()
                  + "; this node spreads the memo index over "
                  + settings.memoShards()
                  + " logs: all control nodes must say the number that the cluster was formed with",
              e);
    }
  }

  private List<MemoShard> shards(
      ControlSettings settings, Map<String, ControlMachine> machines, Proposer main) {
    List<MemoShard> all = new ArrayList<>();
    machines.forEach(
        (name, each) -> {
          if (name.equals(MAIN) == (settings.memoShards() == 1)) {
            ReplicatedLog own = logOf(name);
            Proposer proposer = own == log ? main : proposer(name, settings);
            all.add(new MemoShard(own, each.memos(), each.traces(), proposer, new HitCounters()));
          }
        });
    return all;
  }

  private MeasuredLog logOf(String name) {
    return Objects.requireNonNull(logs.get(name), name);
  }

  private Proposer proposer(String name, ControlSettings settings) {
    Proposer proposer =
        opened.add(
            new Proposer(
                logOf(name), InstantSource.system(), settings.commitTimeout(), ENTRIES_IN_FLIGHT));
    proposers.put(name, proposer);
    proposer.start();
    return proposer;
  }

  /// Who has registered an id, as far as this node knows.
  @Nullable MemberInfo registered(NodeId id) {
    return log.read(() -> Optional.ofNullable(machine.members().find(id))).orElse(null);
  }

  MethodTable methods() {
    return methods;
  }

  /// Makes this node a member itself: now or, when it waits to be added, once it is.
  void join(MemberInfo self) {
    if (isJoining) {
      opened.add(LateRegistration.start(() -> members.register(Caller.UNPROVEN, self)));
    } else {
      members.register(Caller.UNPROVEN, self);
      upkeep.establish();
    }
  }

  /// What the `plane` call answers.
  PlaneStatus plane() {
    return plane.plane();
  }

  /// What the `status` call answers, also once this node has failed.
  ControlStatus status() {
    LogStatus now = log.status();
    MembersTable table = machine.members();
    return now.failure() == null
        ? status(now, log.read(table::epoch), log.read(table::size))
        : status(now, table.epoch(), table.size());
  }

  /// What was measured of each log, the main one first.
  List<LogMeasures> measures() {
    List<LogMeasures> measures = new ArrayList<>();
    proposers.forEach(
        (name, proposer) -> {
          MeasuredLog of = logOf(name);
          measures.add(
              new LogMeasures(name, of.times(), of.sizes(), proposer.batches(), of.syncTimes()));
        });
    return measures;
  }

  /// Writes snapshots of all logs.
  void snapshot(Deadline deadline) {
    log.snapshot(deadline);
    for (MemoShard shard : shards.all()) {
      if (shard.log() != log) {
        shard.log().snapshot(deadline);
      }
    }
  }

  @Override
  public void close() {
    opened.close();
  }

  private ControlStatus status(LogStatus now, long epoch, int members) {
    long memos = 0;
    long bytes = 0;
    long charged = 0;
    long limit = 0;
    long refused = 0;
    long hits = 0;
    long misses = 0;
    long disagreements = 0;
    List<Disagreement> latest = new ArrayList<>();
    for (MemoShard shard : shards.all()) {
      MemoShard.Tally tally = shard.tally();
      memos += tally.memos();
      bytes += tally.bytes();
      charged += tally.chargedBytes();
      limit += tally.limitBytes();
      refused += shard.counters().refusals();
      hits += shard.counters().hits();
      misses += shard.counters().misses();
      disagreements += tally.disagreementCount();
      latest.addAll(tally.disagreements());
    }
    return new ControlStatus(
        now.id(),
        now.role().name().toLowerCase(Locale.ROOT),
        Objects.requireNonNullElse(now.leader(), ""),
        now.term(),
        Math.max(0, now.appliedIndex()),
        Math.max(0, now.snapshotIndex()),
        epoch,
        members,
        memos,
        bytes,
        charged,
        limit,
        refused,
        hits,
        misses,
        disagreements,
        latest.stream().limit(ControlStatus.DISAGREEMENTS_MAX).toList(),
        Objects.requireNonNullElse(now.failure(), ""));
  }
}
