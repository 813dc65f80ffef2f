package io.kogluktualuk.paxoslog.simulated;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.paxoslog.api.LogPeer;
import io.kogluktualuk.paxoslog.api.LogStatus;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import java.util.List;
import java.util.function.Supplier;

/// The log as one replica of a [SimulatedCluster] has it. No call waits: what would have to,
/// fails as if its deadline had passed.
///
/// **Threading:** as the cluster.
final class SimulatedLog implements ReplicatedLog {

  private final SimulatedCluster<?> cluster;
  private final String id;

  SimulatedLog(SimulatedCluster<?> cluster, String id) {
    this.cluster = cluster;
    this.id = id;
  }

  @Override
  public byte[] append(byte[] entry, Deadline deadline) {
    if (entry.length > ENTRY_BYTES_MAX) {
      throw new OutOfSpace(
          "an entry of " + entry.length + " bytes; at most " + ENTRY_BYTES_MAX + " are allowed");
    }
    if (deadline.hasPassed()) {
      throw new DeadlineExceeded("the deadline had passed before; the entry was not proposed");
    }
    return cluster.append(id, entry);
  }

  @Override
  public void barrier(Deadline deadline) {
    if (deadline.hasPassed()) {
      throw new DeadlineExceeded("the deadline had passed before");
    }
    cluster.barrier(id);
  }

  @Override
  public <T> T read(Supplier<T> query) {
    return cluster.read(id, query);
  }

  @Override
  public LogStatus status() {
    SimulatedReplica<?> replica = cluster.replica(id);
    Corruption failure = replica.failure();
    return new LogStatus(
        id,
        role(replica),
        cluster.term(),
        cluster.leader(),
        replica.stored(),
        replica.applied(),
        replica.snapshotAt(),
        id + ":0",
        cluster.ids().stream().map(peer -> new LogPeer(peer, peer, 0)).toList(),
        List.of(),
        failure == null ? null : failure.getMessage());
  }

  @Override
  public void snapshot(Deadline deadline) {
    cluster.snapshot(id);
  }

  /// Stops the replica; [SimulatedCluster#restart] starts it again.
  @Override
  public void close() {
    cluster.crash(id);
  }

  private LogStatus.Role role(SimulatedReplica<?> replica) {
    if (!replica.isUp() || replica.failure() != null) {
      return LogStatus.Role.STOPPED;
    }
    return id.equals(cluster.leader()) ? LogStatus.Role.LEADER : LogStatus.Role.FOLLOWER;
  }
}
