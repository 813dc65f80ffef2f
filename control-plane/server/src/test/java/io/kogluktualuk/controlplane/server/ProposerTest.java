package io.kogluktualuk.controlplane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.Recorded;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.model.ControlEntry;
import io.kogluktualuk.controlplane.model.ControlMachine;
import io.kogluktualuk.controlplane.model.Memos;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.Reply;
import io.kogluktualuk.controlplane.model.actions.MemoCommand;
import io.kogluktualuk.controlplane.model.actions.MemoTable;
import io.kogluktualuk.controlplane.model.members.MembersCommand;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ProposerTest {

  private static final long NOW = 1_700_000_000_000L;

  private final ControlMachine machine = new ControlMachine();
  private final GatedLog log = new GatedLog(machine);
  private final Proposer proposer =
      new Proposer(log, InstantSource.fixed(Instant.ofEpochMilli(NOW)), Duration.ofSeconds(10), 1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  ProposerTest() {
    proposer.start();
  }

  @AfterEach
  void close() {
    log.let(10_000);
    proposer.close();
    threads.close();
  }

  private static Proposal proposal(long number) {
    return new MemoCommand.Record(Memos.memo(number)).toProposal();
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20));
  }

  private Future<List<Reply>> submit(Proposal... proposals) {
    return threads.submit(() -> proposer.propose(List.of(proposals), soon()));
  }

  private void awaitWaiting(int count) {
    Deadline deadline = soon();
    while (proposer.waiting() < count) {
      assertFalse(deadline.hasPassed(), "only " + proposer.waiting() + " calls wait");
      LockSupport.parkNanos(100_000);
    }
  }

  /// Until an entry is out: what is proposed from now on waits for the next.
  private void awaitAtTheGate() {
    Deadline deadline = soon();
    while (log.gateQueue() == 0) {
      assertFalse(deadline.hasPassed(), "no entry is at the gate");
      LockSupport.parkNanos(100_000);
    }
  }

  @Test
  void whatGathersWhileOneEntryIsOutSharesTheNext() throws Exception {
    List<Future<List<Reply>>> calls = new ArrayList<>();
    calls.add(submit(proposal(0)));
    log.let(1);
    calls.getFirst().get();
    calls.add(submit(proposal(1)));
    awaitAtTheGate();
    for (int i = 2; i < 50; i++) {
      calls.add(submit(proposal(i), proposal(1000 + i)));
    }
    awaitWaiting(48);
    log.let(2);
    for (Future<List<Reply>> call : calls) {
      for (Reply reply : call.get()) {
        assertEquals(new Recorded.First(), MemoTable.readReply(reply.orThrow()));
      }
    }
    assertTrue(log.entries().size() <= 4, log.entries().size() + " entries");
    assertEquals(NOW, ControlEntry.of(log.entries().getFirst()).proposedAtMillis());
  }

  @Test
  void aLoneCallerNeedsNoOtherThread() {
    log.let(2);
    InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(NOW));
    try (Proposer unstarted = new Proposer(log, clock, Duration.ofSeconds(10), 1)) {
      for (long number = 0; number < 2; number++) {
        Reply reply = unstarted.propose(List.of(proposal(number)), soon()).getFirst();
        assertEquals(new Recorded.First(), MemoTable.readReply(reply.orThrow()));
      }
      unstarted.start(); // what was not started cannot be closed
    }
  }

  @Test
  void aBrokenLogIsAFaultForALoneCallerToo() {
    log.failWith(new IllegalStateException("broken"));
    log.let(1);
    assertThrows(Unavailable.class, () -> proposer.propose(List.of(proposal(1)), soon()));
  }

  @Test
  void aCrowdThatComesBackSharesAnEntryAgain() throws Exception {
    List<Future<List<Reply>>> calls = new ArrayList<>();
    calls.add(submit(proposal(0)));
    awaitAtTheGate();
    for (int i = 1; i < 10; i++) {
      calls.add(submit(proposal(i)));
    }
    awaitWaiting(9);
    log.let(2);
    for (Future<List<Reply>> call : calls) {
      assertEquals(1, call.get().size());
    }
    assertEquals(2, log.entries().size());
    log.let(1);
    assertEquals(1, submit(proposal(100)).get().size(), "one that comes back alone");
  }

  @Test
  void eachCallerHearsAboutItsOwnCommands() throws Exception {
    MemberInfo other = new MemberInfo(Role.MEMORY, Memos.nodeId(1), "n", "10.0.0.9:7", 5, 6, 7);
    log.let(10);
    submit(new MembersCommand.Register(Memos.member(1)).toProposal()).get();
    Future<List<Reply>> refused = submit(new MembersCommand.Register(other).toProposal());
    Future<List<Reply>> done = submit(proposal(1));
    assertThrows(Conflict.class, () -> refused.get().getFirst().orThrow());
    assertEquals(new Recorded.First(), MemoTable.readReply(done.get().getFirst().orThrow()));
  }

  @Test
  void entriesStayWithinTheLimit() throws Exception {
    List<Future<List<Reply>>> calls = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Proposal[] many =
          LongStream.range(i * 120L, i * 120L + 120)
              .mapToObj(ProposerTest::proposal)
              .toArray(Proposal[]::new);
      calls.add(submit(many));
      if (i == 0) {
        awaitAtTheGate();
      }
    }
    awaitWaiting(99);
    log.let(1000);
    for (Future<List<Reply>> call : calls) {
      assertEquals(120, call.get().size());
    }
    assertEquals(12_000, machine.memos().size());
    for (byte[] entry : log.entries()) {
      assertTrue(entry.length <= ReplicatedLog.ENTRY_BYTES_MAX, "an entry of " + entry.length);
    }
    assertTrue(log.entries().size() < 50, log.entries().size() + " entries");
  }

  @Test
  void aFailingLogFailsItsCallersAndNoOthers() throws Exception {
    log.failWith(new Unavailable("no leader"));
    log.let(1);
    Future<List<Reply>> failed = submit(proposal(1));
    ExecutionException failure = assertThrows(ExecutionException.class, failed::get);
    assertInstanceOf(Unavailable.class, failure.getCause());
    assertEquals(0, machine.memos().size());
    log.failWith(null);
    log.let(1);
    assertEquals(1, submit(proposal(2)).get().size());
  }

  @Test
  void aCallerDoesNotWaitBeyondItsDeadline() {
    List<Proposal> proposals = List.of(proposal(1));
    Deadline deadline = Deadline.after(Duration.ofMillis(50));
    assertThrows(DeadlineExceeded.class, () -> proposer.propose(proposals, deadline));
  }

  @Test
  void closingTellsThoseWhoWait() throws Exception {
    Future<List<Reply>> out = submit(proposal(1));
    Deadline deadline = soon();
    while (log.gateQueue() == 0) {
      assertFalse(deadline.hasPassed());
    }
    Future<List<Reply>> behind = submit(proposal(2));
    awaitWaiting(1);
    Future<?> closing = threads.submit(proposer::close);
    while (!proposer.isClosed()) {
      assertFalse(deadline.hasPassed());
    }
    log.let(1);
    closing.get();
    assertEquals(1, out.get().size(), "the entry that was out ends well");
    ExecutionException failure = assertThrows(ExecutionException.class, behind::get);
    assertInstanceOf(AlreadyClosed.class, failure.getCause());
    assertThrows(AlreadyClosed.class, () -> proposer.propose(List.of(proposal(3)), soon()));
  }
}
