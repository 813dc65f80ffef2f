package io.kogluktualuk.fabric.node.config;

import io.kogluktualuk.controlplane.server.ControlSettings;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.paxoslog.api.LogPeer;
import java.time.Duration;
import java.util.List;

/// The configuration of a control node.
///
/// @param peers all control nodes with the ports of their logs; empty for the only one
/// @param joining whether it waits, on an empty folder, until the others make it a member
/// @param memoShards over how many logs the memo index is spread
public record ControlConfig(
    SharedConfig shared,
    List<LogPeer> peers,
    boolean joining,
    int memoShards,
    Duration silentAfter,
    Duration lostAfter,
    Duration commitTimeout,
    Duration electionTimeoutMin,
    Duration electionTimeoutMax,
    Duration startTimeout,
    ByteCount snapshotAfterSize,
    long snapshotAfterEntries)
    implements NodeConfig {

  public ControlConfig {
    peers = List.copyOf(peers);
  }

  static ControlConfig of(SharedConfig shared, Values values) {
    List<LogPeer> peers = values.get(ControlKeys.PEERS);
    long names = peers.stream().map(LogPeer::id).distinct().count();
    values.require(
        names == peers.size(), ControlKeys.PEERS, "no name twice", peers.size() + " peers");
    values.require(
        peers.isEmpty() || peers.stream().anyMatch(peer -> peer.id().equals(shared.name())),
        ControlKeys.PEERS,
        "this node, '" + shared.name() + "', among the others",
        "other names only");
    values.require(
        peers.size() < 2 || shared.callsPort() > 0,
        Keys.CALLS_PORT,
        "a port that the other nodes can be told",
        0);
    Duration min = values.get(ControlKeys.ELECTION_TIMEOUT_MIN);
    Duration max = values.get(ControlKeys.ELECTION_TIMEOUT_MAX);
    values.require(
        max.compareTo(min) >= 0,
        ControlKeys.ELECTION_TIMEOUT_MAX,
        "at least the minimum of " + DurationText.of(min),
        DurationText.of(max));
    Duration silent = values.get(ControlKeys.SILENT_AFTER);
    Duration lost = values.find(ControlKeys.LOST_AFTER);
    values.require(
        lost == null || lost.compareTo(silent) >= 0,
        ControlKeys.LOST_AFTER,
        "at least control.silent-after of " + DurationText.of(silent),
        lost == null ? "" : DurationText.of(lost));
    return new ControlConfig(
        shared,
        peers,
        values.get(ControlKeys.JOINING),
        values.get(ControlKeys.MEMO_SHARDS),
        silent,
        lost == null ? ControlSettings.lostAfterSilence(silent) : lost,
        values.get(ControlKeys.COMMIT_TIMEOUT),
        min,
        max,
        values.get(ControlKeys.START_TIMEOUT),
        values.get(ControlKeys.SNAPSHOT_AFTER_SIZE),
        values.get(ControlKeys.SNAPSHOT_AFTER_ENTRIES));
  }

  @Override
  public NodeRole role() {
    return NodeRole.CONTROL;
  }
}
