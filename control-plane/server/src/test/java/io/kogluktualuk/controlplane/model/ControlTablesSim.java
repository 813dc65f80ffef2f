package io.kogluktualuk.controlplane.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.AuditChain;
import io.kogluktualuk.controlplane.api.Fences;
import io.kogluktualuk.controlplane.api.RequestId;
import io.kogluktualuk.controlplane.model.leases.LeasesCommand;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Many clients on two replicas, with commands sent twice, late and out of order, with proposers
/// whose clocks step, and with a replica that is now and then made anew from a snapshot. After
/// every entry all that must always be true is looked at, and compared with [NaiveTables].
final class ControlTablesSim {

  private static final int SEEDS = 1000;
  private static final int ENTRIES = 30;
  private static final int CLIENTS = 4;

  @Test
  void whatMustBeTrueIsTrueAfterEveryEntry() {
    Seeds.run(ControlTablesSim.class, SEEDS, random -> new Run(random).run());
  }

  /// One seed.
  private static final class Run {

    private final RandomGenerator random;
    private final RandomCommands commands;
    private final ControlMachine first = new ControlMachine();
    private ControlMachine second = new ControlMachine();
    private final NaiveTables naive = new NaiveTables();
    private final List<Proposal> sent = new ArrayList<>();
    private final Map<RequestId, List<Byte>> answers = new HashMap<>();
    private final long[] sequences = new long[CLIENTS];
    private Fences fences = Fences.NONE;
    private long wallMillis = 1_700_000_000_000L;
    private long elapsedMillis;
    private long revision;

    Run(RandomGenerator random) {
      this.random = random;
      this.commands = new RandomCommands(random);
    }

    void run() throws IOException {
      for (int index = 1; index <= ENTRIES; index++) {
        stepClock();
        List<Proposal> proposals = new ArrayList<>();
        int count = random.nextInt(1, 8);
        for (int i = 0; i < count; i++) {
          proposals.add(next());
        }
        byte[] entry = new ControlEntry(wallMillis, proposals).toBytes();
        byte[] replies = first.apply(index, entry);
        assertArrayEquals(replies, second.apply(index, entry), "the replicas answer alike");
        checkAnswers(proposals, Reply.decode(replies));
        checkAlways();
        if (random.nextInt(10) == 0) {
          restoreSecond();
        }
      }
      assertEquals(stateHash(first), stateHash(second));
    }

    /// Mostly forward, sometimes back, sometimes by a year.
    private void stepClock() {
      wallMillis +=
          switch (random.nextInt(20)) {
            case 0 -> -random.nextLong(100_000);
            case 1 -> 31_536_000_000L;
            case 2 -> -31_536_000_000L;
            default -> random.nextLong(2000);
          };
    }

    private Proposal next() {
      if (!sent.isEmpty() && random.nextInt(4) == 0) {
        return sent.get(random.nextInt(sent.size()));
      }
      Proposal command = commands.next(first);
      if (random.nextInt(6) == 0) {
        return command;
      }
      int client = random.nextInt(CLIENTS);
      sequences[client] += random.nextInt(1, 4);
      RequestId id = new RequestId(7, client, sequences[client]);
      Proposal enveloped = new Envelope(id, "client-" + client, command).toProposal();
      sent.add(enveloped);
      return enveloped;
    }

    private void checkAnswers(List<Proposal> proposals, List<Reply> replies) {
      for (int i = 0; i < proposals.size(); i++) {
        Proposal proposal = proposals.get(i);
        if (proposal.table() != Envelope.NUMBER) {
          naive.apply(proposal, replies.get(i));
          continue;
        }
        Envelope envelope = Envelope.of(proposal.command());
        RequestId id = envelope.request();
        List<Byte> answer = bytes(Reply.encode(List.of(replies.get(i))));
        List<Byte> before = answers.putIfAbsent(id, answer);
        if (before == null) {
          naive.apply(envelope.command(), replies.get(i));
        } else {
          assertEquals(before, answer, () -> id + " got another answer the second time");
        }
      }
    }

    private void checkAlways() {
      naive.check(first);
      assertEquals(first.memos().chargedBytes(), second.memos().chargedBytes());
      assertEquals(first.memos().limit(), second.memos().limit());
      assertTrue(first.elapsedMillis() >= elapsedMillis, "the log's time went back");
      assertTrue(
          first.elapsedMillis() - elapsedMillis <= LogClock.STEP_MILLIS_MAX,
          "the log's time leapt");
      elapsedMillis = first.elapsedMillis();
      Fences now = first.leases().fences();
      assertTrue(now.issued() >= fences.issued(), "a token was given out twice");
      assertEquals(now, now.joinedWith(fences), "a dead token lives");
      fences = now;
      assertTrue(first.roots().revision() >= revision, "a revision went back");
      revision = first.roots().revision();
      AuditChain chain = new AuditChain(first.audit().head());
      first.audit().page(0, Integer.MAX_VALUE).forEach(chain::follow);
      chain.end(first.audit().head());
      assertEquals(first.audit().head(), second.audit().head());
    }

    private void restoreSecond() throws IOException {
      byte[] snapshot = snapshot(first);
      second = new ControlMachine();
      second.load(new ByteArrayInputStream(snapshot));
      assertArrayEquals(snapshot, snapshot(second), "a snapshot of what a snapshot gave");
    }
  }

  @Test
  void whatLapsesIsTakenOutByTicksAlone() {
    ControlMachine machine = new ControlMachine();
    RandomCommands commands = new RandomCommands(Memos.random(1));
    Proposal acquire = commands.acquire(1, 5000);
    machine.apply(1, new ControlEntry(1000, List.of(acquire)).toBytes());
    Proposal tick = new LeasesCommand.Expire().toProposal();
    machine.apply(2, new ControlEntry(5999, List.of(tick)).toBytes());
    assertEquals(1, machine.leases().size());
    machine.apply(3, new ControlEntry(6000, List.of(tick)).toBytes());
    assertEquals(0, machine.leases().size());
    assertEquals(new Fences(2, 1, List.of()), machine.leases().fences());
  }

  private static List<Byte> bytes(byte[] bytes) {
    List<Byte> list = new ArrayList<>(bytes.length);
    for (byte each : bytes) {
      list.add(each);
    }
    return list;
  }

  static byte[] snapshot(ControlMachine machine) throws IOException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    machine.snapshot().writeTo(target);
    return target.toByteArray();
  }

  private static Hash stateHash(ControlMachine machine) throws IOException {
    return Hash.of(snapshot(machine));
  }
}
