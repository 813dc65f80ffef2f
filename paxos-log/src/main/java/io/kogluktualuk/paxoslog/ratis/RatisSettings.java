package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.paxoslog.api.LogPeer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Everything one replica of a log needs to know before it starts.
///
/// @param folder holds the lock, the identity mark, the log and the snapshots; nothing else may
/// @param clusterId names the group of replicas; the same in all of them, in no other log
/// @param nodeId which of the peers this replica is
/// @param peers all replicas, this one included; one or more, the same list everywhere
/// @param electionTimeoutMin a follower waits at least this long for its leader. 300 ms found a new
///     leader 0.9 s after a kill on two busy cores; 150 ms elects needlessly there
/// @param electionTimeoutMax at least twice the minimum would be usual; at least the minimum is
///     needed
/// @param startTimeout how long [RatisLog#open] waits for a leader
/// @param snapshotAfterBytes entries of that many bytes since the last snapshot ask for the next;
///     half the size of the last snapshot does so too, whichever is larger, so that what is written
///     in all stays within a small multiple of the entries
/// @param snapshotAfterEntries so many entries ask for a snapshot, however short they are
public record RatisSettings(
    Path folder,
    String clusterId,
    String nodeId,
    List<LogPeer> peers,
    Duration electionTimeoutMin,
    Duration electionTimeoutMax,
    Duration startTimeout,
    long snapshotAfterBytes,
    long snapshotAfterEntries) {

  private static final Duration ELECTION_TIMEOUT_MIN = Duration.ofMillis(300);
  private static final Duration ELECTION_TIMEOUT_MAX = Duration.ofMillis(600);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(20);

  /// Replays in about 0.1 s at restart.
  private static final long SNAPSHOT_AFTER_BYTES = 16L << 20;

  private static final long SNAPSHOT_AFTER_ENTRIES = 50_000;

  public RatisSettings {
    peers = List.copyOf(peers);
    String self = nodeId;
    if (peers.stream().filter(peer -> peer.id().equals(self)).count() != 1) {
      throw new IllegalArgumentException(
          "replica " + nodeId + " is not exactly once among the peers " + peers);
    }
    if (peers.size() > 1 && peers.stream().anyMatch(peer -> peer.port() == 0)) {
      throw new IllegalArgumentException(
          "several replicas need ports that they can tell each other; found 0 in " + peers);
    }
    if (electionTimeoutMin.isNegative()
        || electionTimeoutMin.isZero()
        || electionTimeoutMax.compareTo(electionTimeoutMin) < 0) {
      throw new IllegalArgumentException(
          "election timeouts " + electionTimeoutMin + " to " + electionTimeoutMax);
    }
    if (snapshotAfterBytes < 1 || snapshotAfterEntries < 1) {
      throw new IllegalArgumentException(
          "snapshots after " + snapshotAfterBytes + " bytes, " + snapshotAfterEntries + " entries");
    }
  }

  public static RatisSettings of(
      Path folder, String clusterId, String nodeId, List<LogPeer> peers) {
    return new RatisSettings(
        folder,
        clusterId,
        nodeId,
        peers,
        ELECTION_TIMEOUT_MIN,
        ELECTION_TIMEOUT_MAX,
        START_TIMEOUT,
        SNAPSHOT_AFTER_BYTES,
        SNAPSHOT_AFTER_ENTRIES);
  }

  /// A log with one replica on a port of this host that the system chooses.
  public static RatisSettings single(Path folder, String clusterId, String nodeId) {
    return of(folder, clusterId, nodeId, List.of(new LogPeer(nodeId, "127.0.0.1", 0)));
  }

  public RatisSettings withSnapshotAfter(long bytes, long entries) {
    return new RatisSettings(
        folder,
        clusterId,
        nodeId,
        peers,
        electionTimeoutMin,
        electionTimeoutMax,
        startTimeout,
        bytes,
        entries);
  }

  LogPeer self() {
    return peers.stream().filter(peer -> peer.id().equals(nodeId)).findFirst().orElseThrow();
  }
}
