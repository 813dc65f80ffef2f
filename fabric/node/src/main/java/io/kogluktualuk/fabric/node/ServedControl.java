package io.kogluktualuk.fabric.node;

import io.kogluktualuk.controlplane.api.ControlStatus;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.controlplane.server.ControlServer;
import io.kogluktualuk.controlplane.server.ControlSettings;
import io.kogluktualuk.controlplane.server.LogMeasures;
import io.kogluktualuk.fabric.node.config.ControlConfig;
import io.kogluktualuk.fabric.node.config.SharedConfig;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.paxoslog.api.LogPeer;
import io.kogluktualuk.paxoslog.ratis.LogHostSettings;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A control node, seen by whoever operates it.
///
/// **Threading:** any thread. **Ownership:** of the server.
record ServedControl(String name, ControlServer server) implements ServedNode {

  /// Entries that are applied in about a second: so far behind, a node may be for a moment.
  private static final long LAG_MAX = 10_000;

  static ServedControl open(ControlConfig config) {
    return new ServedControl(config.shared().name(), ControlServer.open(settings(config)));
  }

  static ControlSettings settings(ControlConfig config) {
    SharedConfig shared = config.shared();
    List<LogPeer> peers =
        config.peers().isEmpty()
            ? List.of(new LogPeer(shared.name(), "127.0.0.1", 0))
            : config.peers();
    return new ControlSettings(
        new LogHostSettings(
            shared.folder(),
            shared.cluster(),
            shared.name(),
            peers,
            config.joining(),
            config.electionTimeoutMin(),
            config.electionTimeoutMax(),
            config.startTimeout(),
            config.snapshotAfterSize().bytes(),
            config.snapshotAfterEntries(),
            NodeSecurity.ofLog(shared.tlsFolder())),
        new InetSocketAddress(shared.bind(), shared.callsPort()),
        config.memoShards(),
        config.silentAfter(),
        config.lostAfter(),
        config.commitTimeout(),
        NodeSecurity.of(shared, PeerName.Role.CONTROL));
  }

  @Override
  public String role() {
    return "control";
  }

  @Override
  public InetSocketAddress address() {
    return server.address();
  }

  @Override
  public Health health() {
    ControlStatus status = server.status();
    boolean isSound = status.failure().isEmpty();
    List<PlaneStatus.Group> logs = server.plane().groups();
    String leaderless = names(logs, log -> log.leader().isEmpty());
    String behind = names(logs, log -> log.commitIndex() - log.appliedIndex() > LAG_MAX);
    return new Health(
        List.of(
            new Health.Check(name, "log", isSound, isSound ? "applies entries" : status.failure()),
            new Health.Check(
                name,
                "leader",
                leaderless.isEmpty(),
                leaderless.isEmpty()
                    ? status.leader() + " leads"
                    : "no leader is known of log " + leaderless),
            new Health.Check(
                name,
                "caught-up",
                behind.isEmpty(),
                behind.isEmpty()
                    ? "has applied what was agreed on"
                    : "more than " + LAG_MAX + " entries behind in log " + behind)));
  }

  private static String names(List<PlaneStatus.Group> logs, Predicate<PlaneStatus.Group> which) {
    return logs.stream()
        .filter(which)
        .map(PlaneStatus.Group::name)
        .collect(Collectors.joining(", "));
  }

  @Override
  public List<Sample> samples() {
    ControlStatus s = server.status();
    List<Sample> samples = new ArrayList<>(tables(s));
    server.plane().groups().forEach(log -> samples.addAll(of(log)));
    return samples;
  }

  @Override
  public List<Spread> spreads() {
    return server.measures().stream().flatMap(ServedControl::spreads).toList();
  }

  private static Stream<Spread> spreads(LogMeasures of) {
    return Stream.of(
            new Spread(
                "kog_control_entry_seconds",
                "How long entries of the log took to be agreed on that this node proposed",
                of.times()),
            new Spread("kog_control_entry_bytes", "How large those entries were", of.sizes()),
            new Spread(
                "kog_control_entry_commands",
                "How many commands each entry had, as they gather while one is agreed on",
                of.batches()),
            new Spread(
                "kog_control_sync_seconds", "How long syncs of the log's file took", of.syncs()))
        .map(spread -> spread.with("log", of.log()));
  }

  /// How far one log is, as this node sees it, and, if it leads, how far behind the others are.
  private static List<Sample> of(PlaneStatus.Group log) {
    List<Sample> samples = new ArrayList<>();
    samples.add(
        Sample.gauge(
            "kog_control_log_commit_index", "The last entry agreed on", log.commitIndex()));
    samples.add(
        Sample.gauge(
            "kog_control_log_applied_index", "The last entry applied", log.appliedIndex()));
    samples.add(
        Sample.gauge(
            "kog_control_log_followers_lag",
            "Entries that the follower farthest behind lacks; 0 at a node that does not lead",
            log.followers().stream().mapToLong(PlaneStatus.Follower::lagEntries).max().orElse(0)));
    return samples.stream().map(sample -> sample.with("log", log.name())).toList();
  }

  private static List<Sample> tables(ControlStatus s) {
    return List.of(
        Sample.gauge(
            "kog_control_is_leader",
            "Whether this control node leads: 1 or 0",
            s.role().equals("leader") ? 1 : 0),
        Sample.gauge("kog_control_term", "The term of the log", s.term()),
        Sample.gauge("kog_control_applied_index", "The last entry applied", s.appliedIndex()),
        Sample.gauge(
            "kog_control_snapshot_index", "The last entry in a snapshot", s.snapshotIndex()),
        Sample.gauge(
            "kog_control_failed", "Whether it has stopped applying", s.failure().isEmpty() ? 0 : 1),
        Sample.gauge("kog_control_members", "Members of the fabric", s.members()),
        Sample.gauge("kog_control_outcomes", "Outcomes in the memo index", s.memos()),
        Sample.gauge(
            "kog_control_outcome_bytes", "Memory that the memo index takes", s.memoBytes()),
        Sample.gauge(
            "kog_control_outcome_charged_bytes",
            "What outcomes are charged, the same at all control nodes",
            s.memoChargedBytes()),
        Sample.gauge(
            "kog_control_outcome_limit_bytes", "What they may be charged", s.memoLimitBytes()),
        Sample.counter(
            "kog_control_outcomes_refused",
            "Outcomes proposed by this node for which there was no room",
            s.memosRefused()),
        lookups(s.hits()).with("result", "hit"),
        lookups(s.misses()).with("result", "miss"),
        Sample.counter(
            "kog_control_disagreements",
            "Violations of determinism ever seen",
            s.disagreementCount()));
  }

  private static Sample lookups(long count) {
    return Sample.counter("kog_control_lookups", "Lookups in the memo index, by what came", count);
  }

  @Override
  public void prepareToStop(Deadline deadline) {
    server.snapshot(deadline);
  }

  @Override
  public void close() {
    server.close();
  }
}
