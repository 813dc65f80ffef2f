package io.kogluktualuk.memnode.repair;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AbsencesTest {

  private static final long HEARD = 400;
  private static final long UNHEARD = Absences.UNHEARD_MILLIS + 1;

  private final Absences absences = new Absences();

  private static Member node(
      Role role, int id, int port, MemberState state, long unheard, long incarnation) {
    MemberInfo info = new MemberInfo(role, new NodeId(0, id), "n-" + id, "h:" + port, 1, 1, 0);
    return new Member(info, state, false, unheard, Load.NONE, incarnation);
  }

  private boolean look(int port, MemberState state, long unheard, long incarnation) {
    return absences.look(
        List.of(
            node(Role.MEMORY, 1, 1, MemberState.ACTIVE, HEARD, 7),
            node(Role.MEMORY, 2, port, state, unheard, incarnation)));
  }

  private boolean lookActive(long incarnation) {
    return look(2, MemberState.ACTIVE, HEARD, incarnation);
  }

  @Test
  void whoWasLostOrSilentIsBackWhenItIsHeardAgain() {
    assertFalse(look(2, MemberState.LOST, UNHEARD, 5));
    assertFalse(look(2, MemberState.LOST, HEARD, 5));
    assertTrue(lookActive(5));
    assertFalse(look(2, MemberState.ACTIVE, UNHEARD, 5));
    assertFalse(look(2, MemberState.ACTIVE, UNHEARD, 5));
    assertTrue(lookActive(5));
    assertFalse(lookActive(5));
  }

  @Test
  void whoWasStartedAgainIsBackThoughNobodyMissedIt() {
    assertFalse(lookActive(5));
    assertTrue(lookActive(6));
    assertFalse(lookActive(6));
    assertFalse(lookActive(0), "a control node that was started again has not heard it yet");
    assertFalse(lookActive(6));
    assertFalse(lookActive(5), "a control node that hears less tells what was");
    assertFalse(lookActive(6));
    assertTrue(lookActive(8));
  }

  @Test
  void whoIsTakenForLostIsBackOnlyWhenThatEnds() {
    assertFalse(lookActive(5));
    assertFalse(look(2, MemberState.LOST, HEARD, 6));
    assertTrue(lookActive(6));
    assertFalse(lookActive(6));
  }

  @Test
  void whoAnswersElsewhereIsNoticedByItsAddress() {
    assertFalse(look(2, MemberState.ACTIVE, UNHEARD, 5));
    assertFalse(look(3, MemberState.ACTIVE, HEARD, 6));
    assertFalse(look(2, MemberState.ACTIVE, HEARD, 8));
  }

  @Test
  void whoLeftForGoodIsNotAwaited() {
    assertFalse(look(2, MemberState.LOST, UNHEARD, 5));
    assertFalse(absences.look(List.of(node(Role.MEMORY, 1, 1, MemberState.ACTIVE, HEARD, 7))));
    assertFalse(lookActive(6));
  }

  @Test
  void computeNodesHaveNothingToLose() {
    List<Member> before = List.of(node(Role.COMPUTE, 3, 3, MemberState.ACTIVE, UNHEARD, 5));
    List<Member> after = List.of(node(Role.COMPUTE, 3, 3, MemberState.ACTIVE, HEARD, 6));
    assertFalse(absences.look(before));
    assertFalse(absences.look(after));
  }
}
