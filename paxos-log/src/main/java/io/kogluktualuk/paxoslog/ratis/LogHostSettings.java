package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.paxoslog.api.LogPeer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Everything the replicas in one process need to know before they start.
///
/// @param folder holds the lock, the identity mark, the logs and the snapshots; nothing else may
/// @param clusterId names the group of replicas; the same in all of them, in no other cluster
/// @param nodeId which of the peers this replica is
/// @param peers all replicas, this one included. They count when the logs are formed; later the
///     logs themselves know who is in
/// @param isJoining true for a replica that starts empty and waits until it is made a member; the
///     peers are then those who may have it added. Of no effect once it is a member
/// @param electionTimeoutMin a follower waits at least this long for its leader. 300 ms found a
///     new leader 0.9 s after a kill on two busy cores; 150 ms elects needlessly there
/// @param electionTimeoutMax at least twice the minimum would be usual; at least the minimum is
///     needed
/// @param startTimeout how long [LogHost#open] waits for leaders
/// @param snapshotAfterBytes entries of that many bytes since the last snapshot ask for the next;
///     as many as the last snapshot has do so too, whichever is larger, so that what is written in
///     all stays about twice the entries
/// @param snapshotAfterEntries so many entries ask for a snapshot, however short they are
/// @param tls null: connections are open to all who reach the port
public record LogHostSettings(
    Path folder,
    String clusterId,
    String nodeId,
    List<LogPeer> peers,
    boolean isJoining,
    Duration electionTimeoutMin,
    Duration electionTimeoutMax,
    Duration startTimeout,
    long snapshotAfterBytes,
    long snapshotAfterEntries,
    @Nullable LogTls tls) {

  private static final Duration ELECTION_TIMEOUT_MIN = Duration.ofMillis(300);
  private static final Duration ELECTION_TIMEOUT_MAX = Duration.ofMillis(600);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(20);

  /// Replays in less than a second at restart. With 16 MB, snapshots of a table that grows by a
  /// hundred thousand updates a second took a third of the processor.
  private static final long SNAPSHOT_AFTER_BYTES = 64L << 20;

  private static final long SNAPSHOT_AFTER_ENTRIES = 200_000;

  public LogHostSettings {
    peers = List.copyOf(peers);
    String self = nodeId;
    if (peers.stream().filter(peer -> peer.id().equals(self)).count() != 1) {
      throw new IllegalArgumentException(
          "replica " + nodeId + " is not exactly once among the peers " + peers);
    }
    if (peers.stream().map(LogPeer::id).distinct().count() != peers.size()) {
      throw new IllegalArgumentException("two replicas have one id among the peers " + peers);
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

  public static LogHostSettings of(
      Path folder, String clusterId, String nodeId, List<LogPeer> peers) {
    return new LogHostSettings(
        folder,
        clusterId,
        nodeId,
        peers,
        false,
        ELECTION_TIMEOUT_MIN,
        ELECTION_TIMEOUT_MAX,
        START_TIMEOUT,
        SNAPSHOT_AFTER_BYTES,
        SNAPSHOT_AFTER_ENTRIES,
        null);
  }

  /// Logs with one replica, on a port of this host that the system chooses.
  public static LogHostSettings single(Path folder, String clusterId, String nodeId) {
    return of(folder, clusterId, nodeId, List.of(new LogPeer(nodeId, "127.0.0.1", 0)));
  }

  /// The same replica, to be added to logs that others have formed.
  public LogHostSettings joining() {
    return with(true, electionTimeoutMin, electionTimeoutMax, startTimeout, tls);
  }

  public LogHostSettings withElectionTimeouts(Duration min, Duration max) {
    return with(isJoining, min, max, startTimeout, tls);
  }

  public LogHostSettings withStartTimeout(Duration timeout) {
    return with(isJoining, electionTimeoutMin, electionTimeoutMax, timeout, tls);
  }

  /// Has all connections encrypted and both their ends proven.
  public LogHostSettings withTls(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
    return with(
        isJoining, electionTimeoutMin, electionTimeoutMax, startTimeout, new LogTls(keys, trust));
  }

  public LogHostSettings withSnapshotAfter(long bytes, long entries) {
    return new LogHostSettings(
        folder,
        clusterId,
        nodeId,
        peers,
        isJoining,
        electionTimeoutMin,
        electionTimeoutMax,
        startTimeout,
        bytes,
        entries,
        tls);
  }

  LogPeer self() {
    return peers.stream().filter(peer -> peer.id().equals(nodeId)).findFirst().orElseThrow();
  }

  private LogHostSettings with(
      boolean joining, Duration min, Duration max, Duration start, @Nullable LogTls newTls) {
    return new LogHostSettings(
        folder,
        clusterId,
        nodeId,
        peers,
        joining,
        min,
        max,
        start,
        snapshotAfterBytes,
        snapshotAfterEntries,
        newTls);
  }
}
