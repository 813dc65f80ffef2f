package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.paxoslog.api.LogStatus;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import io.kogluktualuk.paxoslog.api.StateMachine;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.DivisionInfo;
import org.jspecify.annotations.Nullable;

/// One replica of a [ReplicatedLog], kept by a Ratis server in this process.
///
/// An append on the leader goes straight into its server; on a follower it travels to the leader.
/// Queries are answered here.
///
/// **Threading:** as [ReplicatedLog].
public final class RatisLog implements ReplicatedLog {

  /// How long to wait before asking again a leader that is not ready yet.
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /// How often a waiting call looks whether the disk has failed behind its back.
  private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final RatisSettings settings;
  private final LogFolder folder;
  private final SnapshotWriter snapshots;
  private final AppliedMachine machine;
  private final RatisReplica replica;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  private RatisLog(RatisSettings settings, LogFolder folder, StateMachine stateMachine) {
    this.settings = settings;
    this.folder = folder;
    this.snapshots = new SnapshotWriter(settings);
    this.machine = new AppliedMachine(stateMachine, this::onApplied);
    this.replica = new RatisReplica(settings, folder, machine);
  }

  /// Starts a replica and waits until it knows a leader; a lone replica has then applied
  /// everything.
  ///
  /// @param stateMachine fresh; it is filled from the latest snapshot and the log behind it
  /// @throws io.kogluktualuk.fabric.fault.Conflict when the folder or the port is in use, or the
  ///     folder belongs to another cluster or replica
  /// @throws Corruption when the log, a snapshot or the identity mark is damaged or missing
  /// @throws Unavailable when the folder cannot be used or no leader is found in time
  public static RatisLog open(RatisSettings settings, StateMachine stateMachine) {
    LogFolder folder = LogFolder.open(settings);
    RatisLog log;
    try {
      log = new RatisLog(settings, folder, stateMachine);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
    try {
      log.start();
      return log;
    } catch (RuntimeException e) {
      try {
        log.close();
      } catch (RuntimeException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  private void start() {
    replica.start();
    try {
      long nanos = settings.startTimeout().toNanos();
      if (!machine.leaderKnown().await(nanos, TimeUnit.NANOSECONDS)) {
        throw new Unavailable(
            "replica "
                + settings.nodeId()
                + " found no leader within "
                + settings.startTimeout()
                + " among "
                + settings.peers());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while replica " + settings.nodeId() + " started", e);
    }
    machine.checkHealthy();
    if (!folder.isFormed()) {
      folder.markFormed();
    }
  }

  @Override
  public byte[] append(byte[] entry, Deadline deadline) {
    if (entry.length > ENTRY_BYTES_MAX) {
      throw new OutOfSpace(
          "an entry of " + entry.length + " bytes; at most " + ENTRY_BYTES_MAX + " are allowed");
    }
    while (true) {
      checkOpen();
      machine.checkHealthy();
      checkLogHealthy();
      if (deadline.hasPassed()) {
        throw new DeadlineExceeded("an entry was not appended: its deadline passed before");
      }
      RaftClientReply reply = await(replica.submit(entry), deadline);
      RaftException problem = reply.getException();
      if (problem == null) {
        return reply.getMessage().getContent().toByteArray();
      }
      if (problem instanceof NotLeaderException && settings.peers().size() > 1) {
        return await(replica.forward(entry), deadline).getMessage().getContent().toByteArray();
      }
      if (!(problem instanceof NotLeaderException)
          && !(problem instanceof LeaderNotReadyException)) {
        throw fault(problem);
      }
      pause(deadline); // neither of the two has touched the log
    }
  }

  @Override
  public <T> T read(Supplier<T> query) {
    checkOpen();
    return machine.read(query);
  }

  @Override
  public LogStatus status() {
    DivisionInfo info = replica.info();
    RaftPeerId leader = info.getLeaderId();
    FabricException failure = failure();
    return new LogStatus(
        settings.nodeId(),
        role(info),
        info.getCurrentTerm(),
        leader == null ? null : leader.toString(),
        machine.getLastAppliedTermIndex().getIndex(),
        machine.snapshotIndex(),
        replica.address(),
        settings.peers(),
        failure == null ? null : failure.getMessage());
  }

  @Override
  public void snapshot(Deadline deadline) {
    checkOpen();
    await(snapshots.start(machine, replica::cutLog), deadline);
  }

  @Override
  public void close() {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    snapshots.close();
    try (folder) {
      replica.close();
    }
  }

  private void onApplied(int bytes) {
    if (snapshots.onApplied(bytes)) {
      snapshots.writeDue(machine, replica::cutLog);
    }
  }

  private LogStatus.Role role(DivisionInfo info) {
    if (isClosed.get() || !info.isAlive() || failure() != null) {
      return LogStatus.Role.STOPPED;
    }
    if (info.isLeader()) {
      return LogStatus.Role.LEADER;
    }
    return info.isCandidate() ? LogStatus.Role.CANDIDATE : LogStatus.Role.FOLLOWER;
  }

  private @Nullable FabricException failure() {
    FabricException broken = machine.failure();
    return broken != null ? broken : machine.logFailure();
  }

  private void checkOpen() {
    if (isClosed.get()) {
      throw new AlreadyClosed("the log of replica " + settings.nodeId() + " is closed");
    }
  }

  private static void pause(Deadline deadline) {
    if (deadline.hasPassed()) {
      throw new DeadlineExceeded("no leader was ready in time; the entry was not proposed");
    }
    LockSupport.parkNanos(Math.min(RETRY_NANOS, deadline.remainingNanos()));
  }

  private <T extends @Nullable Object> T await(CompletableFuture<T> future, Deadline deadline) {
    while (true) {
      try {
        long slice = Math.min(WATCH_NANOS, Math.max(0, deadline.remainingNanos()));
        return future.get(slice, TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        checkLogHealthy();
        if (deadline.hasPassed()) {
          throw new DeadlineExceeded("the log did not answer in time; the outcome is open", e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Unavailable("interrupted while waiting for the log; the outcome is open", e);
      } catch (ExecutionException e) {
        throw fault(e.getCause());
      }
    }
  }

  private void checkLogHealthy() {
    FabricException found = machine.logFailure();
    if (found != null) {
      throw FabricException.ofTag(
          found.tag(), "replica " + settings.nodeId() + ", " + folder + ": " + found.getMessage());
    }
  }

  private FabricException fault(@Nullable Throwable problem) {
    Corruption failure = machine.failure();
    if (failure != null) {
      return new Corruption(String.valueOf(failure.getMessage()), failure);
    }
    if (isClosed.get()) {
      return new AlreadyClosed("the log of replica " + settings.nodeId() + " is closed");
    }
    return switch (problem) {
      case FabricException known -> known;
      case StateMachineException e -> new Corruption("the leader's state machine broke: " + e, e);
      case null, default ->
          new Unavailable("the log could not answer; the outcome is open: " + problem, problem);
    };
  }
}
