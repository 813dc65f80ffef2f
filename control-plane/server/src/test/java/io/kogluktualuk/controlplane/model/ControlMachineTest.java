package io.kogluktualuk.controlplane.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.controlplane.api.AuditHead;
import io.kogluktualuk.controlplane.api.Recorded;
import io.kogluktualuk.controlplane.model.actions.MemoCommand;
import io.kogluktualuk.controlplane.model.actions.MemoTable;
import io.kogluktualuk.controlplane.model.members.MembersCommand;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.paxoslog.api.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class ControlMachineTest {

  private static byte[] bytes(Snapshot snapshot) {
    try {
      ByteArrayOutputStream target = new ByteArrayOutputStream();
      snapshot.writeTo(target);
      return target.toByteArray();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Hash stateHash(ControlMachine machine) {
    return Hash.of(bytes(machine.snapshot()));
  }

  private static byte[] entry(long atMillis, Proposal... proposals) {
    return new ControlEntry(atMillis, List.of(proposals)).toBytes();
  }

  private static byte[] randomEntry(RandomGenerator random) {
    List<Proposal> proposals = new ArrayList<>();
    int count = random.nextInt(20);
    for (int i = 0; i < count; i++) {
      proposals.add(
          switch (random.nextInt(8)) {
            case 0 -> new MembersCommand.Register(Memos.member(random.nextInt(10))).toProposal();
            case 1 -> new MembersCommand.Forget(Memos.nodeId(random.nextInt(10))).toProposal();
            default ->
                new MemoCommand.Record(
                        Memos.memo(
                            random.nextInt(500), random.nextInt(10) / 9, "p" + random.nextInt(4)))
                    .toProposal();
          });
    }
    return new ControlEntry(random.nextLong(1L << 41), proposals).toBytes();
  }

  @Test
  void snapshotAndTailEqualFullReplay() {
    Seeds.run(
        ControlMachineTest.class,
        100,
        random -> {
          ControlMachine whole = new ControlMachine();
          ControlMachine resumed = new ControlMachine();
          int cut = random.nextInt(60);
          for (int i = 0; i < 60; i++) {
            if (i == cut) {
              resumed.load(new ByteArrayInputStream(bytes(whole.snapshot())));
              assertEquals(stateHash(whole), stateHash(resumed));
            }
            byte[] entry = randomEntry(random);
            byte[] reply = whole.apply(i, entry);
            if (i >= cut) {
              assertEquals(
                  Reply.decode(reply).size(), Reply.decode(resumed.apply(i, entry)).size());
            }
          }
          assertEquals(stateHash(whole), stateHash(resumed));
        });
  }

  @Test
  void aFrozenStateIsNotChangedByLaterEntries() {
    ControlMachine machine = new ControlMachine();
    machine.apply(1, entry(5, new MemoCommand.Record(Memos.memo(1)).toProposal()));
    Snapshot frozen = machine.snapshot();
    Hash before = Hash.of(bytes(frozen));
    machine.apply(2, entry(6, new MemoCommand.Record(Memos.memo(2)).toProposal()));
    machine.apply(3, entry(7, new MembersCommand.Register(Memos.member(2)).toProposal()));
    assertEquals(before, Hash.of(bytes(frozen)));
    assertNotEquals(before, stateHash(machine));
  }

  @Test
  void aRefusedCommandChangesNothingAndTheOthersStand() {
    ControlMachine machine = new ControlMachine();
    machine.apply(1, entry(5, new MembersCommand.Register(Memos.member(1)).toProposal()));
    Hash before = stateHash(machine);
    Proposal malformed = new Proposal(MemoTable.NUMBER, new byte[] {9});
    List<Reply> replies = Reply.decode(machine.apply(2, entry(5, malformed)));
    assertThrows(MalformedEncoding.class, () -> replies.getFirst().orThrow());
    assertEquals(before, stateHash(machine));
    Proposal good = new MemoCommand.Record(Memos.memo(1)).toProposal();
    List<Reply> mixed = Reply.decode(machine.apply(3, entry(7, malformed, good)));
    assertInstanceOf(Reply.Refused.class, mixed.getFirst());
    assertEquals(new Recorded.First(), MemoTable.readReply(mixed.getLast().orThrow()));
  }

  @Test
  void anEntryForNoTableBreaksTheMachine() {
    ControlMachine machine = new ControlMachine();
    byte[] entry = entry(1, new Proposal(77, new byte[0]));
    assertThrows(MalformedEncoding.class, () -> machine.apply(1, entry));
  }

  @Test
  void damagedEntriesAndSnapshotsAreRefusedOrRead() {
    Seeds.run(
        ControlMachineTest.class,
        100,
        random -> {
          ControlMachine machine = new ControlMachine();
          for (int i = 0; i < 5; i++) {
            machine.apply(i, randomEntry(random));
          }
          byte[] snapshot = bytes(machine.snapshot());
          for (int i = 0; i < 20; i++) {
            byte[] damaged = Mutations.mutate(snapshot, random);
            refusesOrTakes(() -> new ControlMachine().load(new ByteArrayInputStream(damaged)));
            byte[] entry = Mutations.mutate(randomEntry(random), random);
            refusesOrTakes(() -> ControlEntry.of(entry));
            byte[] replies = Mutations.mutate(machine.apply(9, randomEntry(random)), random);
            refusesOrTakes(() -> Reply.decode(replies));
          }
        });
  }

  private interface Reading {
    void run() throws IOException;
  }

  private static void refusesOrTakes(Reading reading) throws IOException {
    try {
      reading.run();
    } catch (MalformedEncoding | Corruption _) {
      // Nothing else may come out; the latter for a broken chain of the audit log.
    }
  }

  /// What version 1 looks like for ever: entries, snapshots and replies on disks out there.
  @Test
  void goldenBytesStay() throws IOException {
    ControlMachine machine = new ControlMachine();
    byte[] entry =
        entry(
            1_700_000_000_000L,
            new MembersCommand.Register(Memos.member(1)).toProposal(),
            new MembersCommand.Register(Memos.member(2)).toProposal(),
            new MembersCommand.Forget(Memos.nodeId(2)).toProposal(),
            new MemoCommand.Record(Memos.memo(1)).toProposal(),
            new MemoCommand.Record(Memos.memo(1)).toProposal(),
            new MemoCommand.Record(Memos.memo(1, 2, "liar")).toProposal());
    byte[] reply = machine.apply(1, entry);
    Properties golden = new Properties();
    try (InputStream file =
        Objects.requireNonNull(ControlMachineTest.class.getResourceAsStream("golden-v1.txt"))) {
      golden.load(new InputStreamReader(file, StandardCharsets.US_ASCII));
    }
    HexFormat hex = HexFormat.of();
    assertEquals(golden.getProperty("entry"), hex.formatHex(entry));
    assertEquals(golden.getProperty("reply"), hex.formatHex(reply));
    assertEquals(golden.getProperty("snapshot-2"), hex.formatHex(bytes(machine.snapshot())));
    ControlMachine again = new ControlMachine();
    again.load(new ByteArrayInputStream(hex.parseHex(golden.getProperty("snapshot-2"))));
    assertEquals(stateHash(machine), stateHash(again));
    ControlMachine old = new ControlMachine();
    old.load(new ByteArrayInputStream(hex.parseHex(golden.getProperty("snapshot"))));
    assertEquals(machine.members().page(null, 9), old.members().page(null, 9));
    assertEquals(machine.memos().disagreements(), old.memos().disagreements());
    assertEquals(AuditHead.EMPTY, old.audit().head(), "there was no audit log then");
  }

  @Test
  void aRefusalKeepsItsKindAndItsWords() {
    FabricException fault = new MalformedEncoding("x".repeat(10_000));
    List<Reply> replies = Reply.decode(Reply.encode(List.of(Reply.refused(fault))));
    MalformedEncoding thrown =
        assertThrows(MalformedEncoding.class, () -> replies.getFirst().orThrow());
    assertEquals(Reply.MESSAGE_BYTES_MAX / 3, String.valueOf(thrown.getMessage()).length());
  }
}
