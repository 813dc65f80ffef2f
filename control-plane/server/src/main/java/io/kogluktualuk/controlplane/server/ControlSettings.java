package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.paxoslog.api.LogPeer;
import io.kogluktualuk.paxoslog.ratis.LogHostSettings;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Everything a control node needs to know before it starts.
///
/// @param log its replica of the log: folder, cluster, peers
/// @param bind where it answers control calls; port 0 picks a free one
/// @param memoShards over how many logs the memo index is spread; the same in all nodes, and fixed
///     when the cluster is formed. 1 keeps it in the main log
/// @param silentAfter a member not heard of for so long is reported as silent
/// @param lostAfter a member not heard of for so long is agreed to be lost: not less than
///     `silentAfter`
/// @param commitTimeout how long an entry may take to be agreed on before its callers are told
/// @param security who this node and its callers are proven to be; its replicas have the log's own
public record ControlSettings(
    LogHostSettings log,
    InetSocketAddress bind,
    int memoShards,
    Duration silentAfter,
    Duration lostAfter,
    Duration commitTimeout,
    RpcSecurity security) {

  /// More than that would be a group for every few cores of a large cluster.
  public static final int MEMO_SHARDS_MAX = 64;

  private static final Duration SILENT_AFTER = Duration.ofSeconds(5);
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);

  public ControlSettings {
    if (memoShards < 1 || memoShards > MEMO_SHARDS_MAX) {
      throw new IllegalArgumentException(
          "memo shards " + memoShards + " is not in 1.." + MEMO_SHARDS_MAX);
    }
    if (silentAfter.isNegative() || silentAfter.isZero()) {
      throw new IllegalArgumentException("silent after " + silentAfter);
    }
    if (lostAfter.compareTo(silentAfter) < 0) {
      throw new IllegalArgumentException("lost after " + lostAfter + ", silent " + silentAfter);
    }
    if (commitTimeout.isNegative() || commitTimeout.isZero()) {
      throw new IllegalArgumentException("commit timeout " + commitTimeout);
    }
  }

  /// A control plane of one node, with its consensus port left to the system.
  ///
  /// @param folder for its log alone
  /// @param clusterId the same at every start on that folder
  public static ControlSettings single(Path folder, String clusterId, InetSocketAddress bind) {
    return of(LogHostSettings.single(folder, clusterId, "control-1"), bind);
  }

  /// One of several control nodes.
  public static ControlSettings replica(
      Path folder, String clusterId, String nodeId, List<LogPeer> peers, InetSocketAddress bind) {
    return of(LogHostSettings.of(folder, clusterId, nodeId, peers), bind);
  }

  public ControlSettings withSilentAfter(Duration duration) {
    return new ControlSettings(
        log, bind, memoShards, duration, lostAfterSilence(duration), commitTimeout, security);
  }

  public ControlSettings withSnapshotAfter(long bytes, long entries) {
    return new ControlSettings(
        log.withSnapshotAfter(bytes, entries),
        bind,
        memoShards,
        silentAfter,
        lostAfter,
        commitTimeout,
        security);
  }

  public ControlSettings withMemoShards(int count) {
    return new ControlSettings(log, bind, count, silentAfter, lostAfter, commitTimeout, security);
  }

  /// With other settings of its logs: joining, authenticated, with another patience.
  public ControlSettings withLog(LogHostSettings other) {
    return new ControlSettings(
        other, bind, memoShards, silentAfter, lostAfter, commitTimeout, security);
  }

  public ControlSettings withSecurity(RpcSecurity how) {
    return new ControlSettings(log, bind, memoShards, silentAfter, lostAfter, commitTimeout, how);
  }

  private static ControlSettings of(LogHostSettings log, InetSocketAddress bind) {
    return new ControlSettings(
        log,
        bind,
        1,
        SILENT_AFTER,
        lostAfterSilence(SILENT_AFTER),
        COMMIT_TIMEOUT,
        RpcSecurity.NONE);
  }

  /// A member gets twice the time to be heard again before others take over what it had.
  public static Duration lostAfterSilence(Duration silentAfter) {
    return silentAfter.multipliedBy(2);
  }
}
