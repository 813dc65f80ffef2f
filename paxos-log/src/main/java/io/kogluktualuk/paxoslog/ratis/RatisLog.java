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
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
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

  /// For so long after it first may have arrived somewhere an entry is sent again. The replicas
  /// remember longer that they have it; see [RatisProperties].
  static final Duration REPEAT_MAX = Duration.ofSeconds(10);

  /// The name of the only log of a process that keeps one.
  private static final String ONLY = "main";

  /// How long to wait before asking again, doubled each time.
  private static final long RETRY_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long RETRY_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(50);

  /// How often a waiting call looks whether the disk has failed behind its back.
  private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final String nodeId;
  private final String name;
  private final SnapshotWriter snapshots;
  private final AppliedMachine machine;
  private final RatisGroup group;
  private final Coalesced<RaftClientReply> readIndex;
  private final Runnable onClose;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  /// @param onClose what else ends with this log
  RatisLog(
      String nodeId, String name, RatisGroup group, SnapshotWriter snapshots, Runnable onClose) {
    this.nodeId = nodeId;
    this.name = name;
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
    Proposal proposal = new Proposal(group.nextCallId());
    while (true) {
      checkUsable();
      proposal.checkTime(deadline);
      RaftPeerId leader = group.division().getInfo().getLeaderId();
      if (leader != null) {
        switch (ask(group.submit(leader, proposal.callId, entry), deadline, proposal)) {
          case Answer.Done done -> {
            return done.reply();
          }
          case Answer.Broken broken -> throw new Corruption(broken.reason(), broken.cause());
          case Answer.Again again -> proposal.onAgain(leader, again);
        }
      }
      proposal.pause(deadline);
    }
  }

  @Override
  public void barrier(Deadline deadline) {
    Proposal question = new Proposal(0);
    while (true) {
      checkUsable();
      question.checkTime(deadline);
      switch (ask(readIndex.ask(), deadline, question)) {
        case Answer.Done _ -> {
          machine.checkHealthy();
          return;
        }
        case Answer.Broken broken -> throw new Corruption(broken.reason(), broken.cause());
        case Answer.Again again -> question.problem = again.cause();
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
      throw new AlreadyClosed("the log '" + name + "' of replica " + nodeId + " is closed");
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
      throw FabricException.ofTag(
          found.tag(), "the log '" + name + "' of replica " + nodeId + ": " + found.getMessage());
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
          proposal.isOpen = true;
          proposal.checkTime(deadline);
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

  /// One entry on its way, or one question.
  private final class Proposal {

    private final long callId;
    private boolean isOpen;
    private long openSince;
    private long pauseNanos = RETRY_NANOS_MIN;
    private @Nullable Throwable problem;

    Proposal(long callId) {
      this.callId = callId;
    }

    void onAgain(RaftPeerId leader, Answer.Again again) {
      problem = again.cause();
      if (again.mayBeAppended() && !isOpen) {
        isOpen = true;
        openSince = System.nanoTime();
      }
      if (again.isConnectionLost()) {
        group.onFailed(leader, again.cause());
      }
    }

    void checkTime(Deadline deadline) {
      if (deadline.hasPassed()) {
        throw new DeadlineExceeded("the log '" + name + "' of replica " + nodeId + " " + state());
      }
      if (isOpen && System.nanoTime() - openSince > REPEAT_MAX.toNanos()) {
        throw new Unavailable(
            "the log '" + name + "' of replica " + nodeId + " " + state(), problem);
      }
    }

    void pause(Deadline deadline) {
      LockSupport.parkNanos(Math.min(pauseNanos, Math.max(0, deadline.remainingNanos())));
      pauseNanos = Math.min(RETRY_NANOS_MAX, pauseNanos * 2);
    }

    private String state() {
      String what =
          callId == 0
              ? "found no leader to ask in time"
              : isOpen
                  ? "did not answer in time; the outcome is open"
                  : "had no leader in time; the entry was not proposed";
      return problem == null ? what : what + ": " + problem.getMessage();
    }
  }
}
