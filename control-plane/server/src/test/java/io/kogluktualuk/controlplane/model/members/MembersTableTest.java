package io.kogluktualuk.controlplane.model.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Memos;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MembersTableTest {

  private static final Moment NOW = new Moment(0, 0);

  private final MembersTable table = new MembersTable();

  private long submit(MembersCommand command) {
    Decision<MembersChange> decision = table.decide(command, NOW);
    decision.changes().forEach(table::replay);
    return MembersTable.readReply(decision.reply());
  }

  @Test
  void membersJoinOnceAndTheEpochGrows() {
    assertEquals(1, submit(new MembersCommand.Register(Memos.member(1))));
    assertEquals(2, submit(new MembersCommand.Register(Memos.member(2))));
    assertEquals(2, submit(new MembersCommand.Register(Memos.member(1))), "nothing new");
    assertEquals(List.of(Memos.member(1), Memos.member(2)), table.page(null, 10));
  }

  @Test
  void decidingChangesNothing() {
    table.decide(new MembersCommand.Register(Memos.member(1)), NOW);
    assertEquals(0, table.size());
    assertEquals(0, table.epoch());
  }

  @Test
  void aMemberMayMove() {
    submit(new MembersCommand.Register(Memos.member(1)));
    MemberInfo moved =
        new MemberInfo(Role.COMPUTE, Memos.nodeId(1), "node-1", "10.0.0.9:7", 5, 6, 7);
    assertEquals(2, submit(new MembersCommand.Register(moved)));
    assertEquals(List.of(moved), table.page(null, 10));
  }

  @Test
  void aNewcomerAtTheSameAddressTakesThePlace() {
    submit(new MembersCommand.Register(Memos.member(1)));
    MemberInfo old = Memos.member(1);
    MemberInfo fresh =
        new MemberInfo(old.role(), Memos.nodeId(99), "fresh", old.address(), 1, 1, 1);
    assertEquals(3, submit(new MembersCommand.Register(fresh)), "one left, one joined");
    assertEquals(List.of(fresh), table.page(null, 10));
  }

  @Test
  void rolesAtOneAddressDoNotDisturbEachOther() {
    MemberInfo memory = Memos.member(2);
    MemberInfo compute =
        new MemberInfo(Role.COMPUTE, Memos.nodeId(3), "same process", memory.address(), 0, 0, 2);
    submit(new MembersCommand.Register(memory));
    submit(new MembersCommand.Register(compute));
    assertEquals(2, table.size());
  }

  @Test
  void aNodeCannotChangeItsRole() {
    submit(new MembersCommand.Register(Memos.member(1)));
    MemberInfo other =
        new MemberInfo(Role.MEMORY, Memos.nodeId(1), "node-1", "10.0.0.9:7", 5, 6, 7);
    assertThrows(Conflict.class, () -> submit(new MembersCommand.Register(other)));
    assertEquals(1, table.epoch());
  }

  @Test
  void aForgottenMemberIsGone() {
    submit(new MembersCommand.Register(Memos.member(1)));
    assertTrue(table.contains(Memos.nodeId(1)));
    assertEquals(2, submit(new MembersCommand.Forget(Memos.nodeId(1))));
    assertFalse(table.contains(Memos.nodeId(1)));
    assertEquals(2, submit(new MembersCommand.Forget(Memos.nodeId(1))), "gone already");
  }

  @Test
  void pagesFollowEachOther() {
    for (int i = 1; i <= 5; i++) {
      submit(new MembersCommand.Register(Memos.member(i)));
    }
    List<MemberInfo> first = table.page(null, 2);
    NodeId last = first.getLast().id();
    assertEquals(List.of(Memos.member(1), Memos.member(2)), first);
    assertEquals(List.of(Memos.member(3), Memos.member(4)), table.page(last, 2));
  }

  @Test
  void thereIsALimit() {
    for (int i = 0; i < MembersTable.MEMBERS_MAX; i++) {
      table.replay(new MembersChange.Joined(Memos.member(i), i + 1));
    }
    MemberInfo oneMore = Memos.member(MembersTable.MEMBERS_MAX);
    assertThrows(OutOfSpace.class, () -> submit(new MembersCommand.Register(oneMore)));
  }
}
