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
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.jspecify.annotations.Nullable;

/// One replica of a [ReplicatedLog], kept by the Ratis server of a [LogHost] in this process.
///
/// An append on the leader goes straight into its server; on a follower it travels to the leader.
/// Queries are answered here.
///
/// **Threading:** as [ReplicatedLog].
public final class RatisLog implements ReplicatedLog {

  /// The name of the only log of a process that keeps one.
  private static final String ONLY = "main";

  /// How often a waiting call looks whether the disk has failed behind its back.
  private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final String nodeId;
  private final String what;
  private final SnapshotWriter snapshots;
  private final AppliedMachine machine;
  private final RatisGroup group;
  private final Coalesced<RaftClientReply> readIndex;
  private final Runnable onClose;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  /// @param what this is, for messages
  /// @param onClose what else ends with this log
  RatisLog(
      String nodeId, String what, RatisGroup group, SnapshotWriter snapshots, Runnable onClose) {
    this.nodeId = nodeId;
    this.what = what;
    this.group = group;
    this.machine = group.machine();
    this.snapshots = snapshots;
    this.readIndex = new Coalesced<>(group::readIndex);
    this.onClose = onClose;
  }

  /// Starts a process's only replica of its only log; fails as [LogHost#open]. Closing the log
  /// stops the replica.
  public static RatisLog open(LogHostSettings settings, StateMachine stateMachine) {
    return LogHost.openForOne(settings, ONLY, stateMachine).logOf(ONLY);
  }

  @Override
  public byte[] append(byte[] entry, Deadline deadline) {
    if (entry.length > ENTRY_BYTES_MAX) {
      throw new OutOfSpace(
          "an entry of " + entry.length + " bytes; at most " + ENTRY_BYTES_MAX + " are allowed");
    }
    Proposal proposal = new Proposal(what, group.nextCallId());
    while (true) {
      checkUsable();
      proposal.checkTime(deadline);
      RaftPeerId leader = group.division().getInfo().getLeaderId();
      if (leader != null) {
        switch (ask(group.submit(leader, proposal.callId(), entry), deadline, proposal)) {
          case Answer.Done done -> {
            return done.reply();
          }
          case Answer.Broken broken -> throw new Corruption(broken.reason(), broken.cause());
          case Answer.Again again -> {
            proposal.onAgain(again);
            if (again.isConnectionLost()) {
              group.onFailed(leader, again.cause());
            }
          }
        }
      }
      proposal.pause(deadline);
    }
  }

  @Override
  public void barrier(Deadline deadline) {
    Proposal question = new Proposal(what, Proposal.QUESTION);
    while (true) {
      checkUsable();
      question.checkTime(deadline);
      switch (ask(readIndex.ask(), deadline, question)) {
        case Answer.Done _ -> {
          machine.checkHealthy();
          return;
        }
        case Answer.Broken broken -> throw new Corruption(broken.reason(), broken.cause());
        case Answer.Again again -> question.onAgain(again);
      }
      question.pause(deadline);
    }
  }

  @Override
  public <T> T read(Supplier<T> query) {
    checkOpen();
    return machine.read(query);
  }

  @Override
  public LogStatus status() {
    DivisionInfo info = group.division().getInfo();
    RaftPeerId leader = info.getLeaderId();
    FabricException failure = failure();
    return new LogStatus(
        nodeId,
        role(info),
        info.getCurrentTerm(),
        leader == null ? null : leader.toString(),
        group.division().getRaftLog().getLastCommittedIndex(),
        machine.getLastAppliedTermIndex().getIndex(),
        machine.snapshotIndex(),
        group.address(),
        group.peers(),
        group.followers(info),
        failure == null ? null : failure.getMessage());
  }

  @Override
  public void snapshot(Deadline deadline) {
    checkOpen();
    CompletableFuture<Void> written = snapshots.start(machine, group::cutLog);
    try {
      written.get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new DeadlineExceeded("the snapshot was not written in time; it goes on", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while a snapshot was written; it goes on", e);
    } catch (ExecutionException e) {
      throw snapshotFault(RatisFaults.unwrap(e));
    }
  }

  /// Whether a leader is known that takes entries; a lone replica has then applied everything.
  boolean awaitLeader(Deadline deadline) throws InterruptedException {
    return machine.leaderKnown().await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
  }

  RatisGroup group() {
    return group;
  }

  void checkHealthy() {
    machine.checkHealthy();
  }

  /// Ends the calls of this log; its replica goes on until the host closes.
  @Override
  public void close() {
    if (isClosed.compareAndSet(false, true)) {
      snapshots.close();
      onClose.run();
    }
  }

  /// Told by the thread that applies entries.
  void onApplied(int bytes) {
    if (snapshots.onApplied(bytes)) {
      snapshots.writeDue(machine, group::cutLog);
    }
  }

  private FabricException snapshotFault(Throwable problem) {
    return problem instanceof FabricException known
        ? FabricException.ofTag(known.tag(), String.valueOf(known.getMessage()))
        : new Unavailable("no snapshot was written: " + problem, problem);
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
      throw new AlreadyClosed(what + " is closed");
    }
  }

  private void checkUsable() {
    checkOpen();
    machine.checkHealthy();
    checkDisk();
  }

  private void checkDisk() {
    FabricException found = machine.logFailure();
    if (found != null) {
      throw FabricException.ofTag(found.tag(), what + ": " + found.getMessage());
    }
  }

  /// Waits for an answer, but not while the log cannot give one any more.
  private Answer ask(
      CompletableFuture<RaftClientReply> future, Deadline deadline, Proposal proposal) {
    while (true) {
      try {
        long slice = Math.min(WATCH_NANOS, Math.max(0, deadline.remainingNanos()));
        return Answer.of(future.get(slice, TimeUnit.NANOSECONDS));
      } catch (TimeoutException e) {
        checkUsable();
        if (deadline.hasPassed()) {
          throw proposal.late();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Unavailable("interrupted while waiting for the log; the outcome is open", e);
      } catch (ExecutionException e) {
        checkUsable();
        return Answer.of(RatisFaults.unwrap(e));
      }
    }
  }
}
