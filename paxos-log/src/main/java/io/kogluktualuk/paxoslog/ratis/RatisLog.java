package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.paxoslog.api.FollowerStatus;
import io.kogluktualuk.paxoslog.api.LogPeer;
import io.kogluktualuk.paxoslog.api.LogStatus;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import io.kogluktualuk.paxoslog.api.StateMachine;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One replica of a [ReplicatedLog], kept by the Ratis server of a [LogHost] in this process.
///
/// An append on the leader goes straight into its server; on a follower it travels to the leader.
/// Queries are answered here.
///
/// **Threading:** as [ReplicatedLog].
public final class RatisLog implements ReplicatedLog {

  private static final Logger LOG = LoggerFactory.getLogger(RatisLog.class);

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
    return propose(Keepers.proposed(entry), deadline);
  }

  @Override
  public void barrier(Deadline deadline) {
    Proposal question = new Proposal(what, Proposal.QUESTION);
    until(question, deadline, this::askReadIndex);
    machine.checkHealthy();
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

  /// Has an entry of whatever kind agreed on.
  byte[] propose(Message entry, Deadline deadline) {
    Proposal proposal = new Proposal(what, group.nextCallId());
    return withLeader(proposal, deadline, leader -> group.submit(leader, proposal.callId(), entry));
  }

  /// Makes these the members, all at once, by joint consensus.
  ///
  /// @throws Conflict when so many new ones at a time are not allowed
  void changePeers(List<LogPeer> members, Deadline deadline) {
    Proposal change = new Proposal(what, Proposal.QUESTION);
    withLeader(change, deadline, leader -> group.configure(leader, members));
  }

  /// Makes another replica the leader.
  void transferLeadership(String id, Deadline deadline) {
    RaftPeerId next = RaftPeerId.valueOf(id);
    Proposal change = new Proposal(what, Proposal.QUESTION);
    withLeader(
        change,
        deadline,
        leader ->
            leader.equals(next)
                ? group.readIndex()
                : group.transfer(leader, next, deadline.remaining().toMillis()));
  }

  /// Before it closes, a leader has the follower that is farthest take over.
  void handOver(Duration limit) {
    FollowerStatus heir =
        status().followers().stream()
            .filter(follower -> follower.heardMillisAgo() < limit.toMillis())
            .max(Comparator.comparing(FollowerStatus::matchIndex))
            .orElse(null);
    if (heir == null) {
      return;
    }
    try {
      transferLeadership(heir.id(), Deadline.after(limit));
    } catch (FabricException e) {
      LOG.warn("{} closes without a successor", what, e);
    }
  }

  /// Makes sure that the log remembers a replica.
  void remember(String id, Deadline deadline) {
    if (!machine.keepers().all().contains(id)) {
      propose(Keepers.kept(id), deadline);
    }
  }

  /// Whether the log remembers a replica, which need not be a member any more.
  boolean remembers(String id) {
    return machine.keepers().all().contains(id);
  }

  /// Whether the log goes on without this replica.
  boolean isRemoved() {
    return !isClosed.get() && failure() == null && hasNoPlace();
  }

  /// Whether a leader is known that takes entries; a lone replica has then applied everything.
  boolean awaitLeader(Duration limit) throws InterruptedException {
    return machine.leaderKnown().await(limit.toNanos(), TimeUnit.NANOSECONDS);
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
    if (isClosed.get() || failure() != null) {
      return LogStatus.Role.STOPPED;
    }
    if (hasNoPlace()) {
      return machine.wasMember() || !info.isAlive()
          ? LogStatus.Role.REMOVED
          : LogStatus.Role.JOINING;
    }
    if (info.isLeader()) {
      return LogStatus.Role.LEADER;
    }
    return info.isCandidate() ? LogStatus.Role.CANDIDATE : LogStatus.Role.FOLLOWER;
  }

  /// A removed replica is told when it asks for votes, and its server stops.
  private boolean hasNoPlace() {
    return !group.division().getInfo().isAlive() || !group.isMember();
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
    if (isRemoved() && machine.wasMember()) {
      throw new Conflict(
          what + ": replica " + nodeId + " was removed; it may join under a fresh id");
    }
    machine.checkHealthy();
    checkDisk();
  }

  private void checkDisk() {
    FabricException found = machine.logFailure();
    if (found != null) {
      throw FabricException.ofTag(found.tag(), what + ": " + found.getMessage());
    }
  }

  /// The leader confirms its lease at once, or asks its followers once for all; see [Coalesced]
  /// for the others.
  private CompletableFuture<RaftClientReply> askReadIndex() {
    return group.division().getInfo().isLeader() ? group.readIndex() : readIndex.ask();
  }

  private byte[] withLeader(
      Proposal proposal,
      Deadline deadline,
      Function<RaftPeerId, CompletableFuture<RaftClientReply>> attempt) {
    return until(
        proposal,
        deadline,
        () -> {
          RaftPeerId leader = group.division().getInfo().getLeaderId();
          return leader == null ? null : attempt.apply(leader);
        });
  }

  /// Tries until it is done, it never will be, or the time is over.
  private byte[] until(
      Proposal proposal,
      Deadline deadline,
      Supplier<@Nullable CompletableFuture<RaftClientReply>> attempt) {
    while (true) {
      checkUsable();
      proposal.checkTime(deadline);
      CompletableFuture<RaftClientReply> asked = attempt.get();
      if (asked != null) {
        switch (ask(asked, deadline, proposal)) {
          case Answer.Done done -> {
            return done.reply();
          }
          case Answer.Broken broken -> throw new Corruption(broken.reason(), broken.cause());
          case Answer.Refused refused -> throw new Conflict(what + ": " + refused.reason());
          case Answer.Again again -> proposal.onAgain(again);
        }
      }
      proposal.pause(deadline);
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
