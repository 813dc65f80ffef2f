package io.kogluktualuk.controlplane.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.model.Memos;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.leases.LeasesCommand;
import io.kogluktualuk.controlplane.model.members.MembersCommand;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class TimekeepingTest {

  private static final long NEVER = Long.MAX_VALUE;

  private final Timekeeping timekeeping = new Timekeeping(Duration.ofSeconds(10), 0);

  private List<Proposal> at(long seconds, long elapsed, long expiry, Member... members) {
    return timekeeping.due(seconds * 1_000_000_000L, elapsed, expiry, Arrays.asList(members));
  }

  private static Member member(MemberState state, long unheardMillis) {
    return member(Memos.member(1), state, unheardMillis);
  }

  private static Member member(MemberInfo info, MemberState state, long unheardMillis) {
    return new Member(info, state, unheardMillis > 5000, unheardMillis, Load.NONE, 0);
  }

  private static void assertIs(Proposal expected, List<Proposal> found) {
    assertEquals(1, found.size());
    assertEquals(expected.table(), found.getFirst().table());
    assertArrayEquals(expected.command(), found.getFirst().command());
  }

  @Test
  void leasesEndWhenTheirTimeIsOver() {
    assertTrue(at(1, 100, 2500).isEmpty());
    assertTrue(at(3, 2000, 4000).isEmpty(), "the log has moved on by itself");
    assertIs(new LeasesCommand.Expire().toProposal(), at(5, 2000, 4000));
  }

  @Test
  void theLogsTimeIsKeptGoingWhileLeasesLive() {
    at(1, 100, 1_000_000);
    assertTrue(at(3, 100, 1_000_000).isEmpty());
    assertIs(new LeasesCommand.Expire().toProposal(), at(4, 100, 1_000_000));
    assertTrue(at(4, 100, NEVER).isEmpty(), "nobody needs it");
  }

  @Test
  void whoIsSilentForTooLongIsLost() {
    for (int second = 1; second <= 10; second++) {
      assertTrue(at(second, 0, NEVER, member(MemberState.ACTIVE, 60_000)).isEmpty());
    }
    Proposal lost = new MembersCommand.MarkLost(Memos.nodeId(1)).toProposal();
    assertIs(lost, at(11, 0, NEVER, member(MemberState.DRAINING, 10_001)));
    assertTrue(at(12, 0, NEVER, member(MemberState.ACTIVE, 10_000)).isEmpty());
    assertTrue(at(12, 0, NEVER, member(MemberState.LOST, 60_000)).isEmpty());
  }

  @Test
  void whoIsHeardAgainIsBack() {
    Proposal returned = new MembersCommand.Returned(Memos.nodeId(1)).toProposal();
    assertIs(returned, at(1, 0, NEVER, member(MemberState.LOST, 100)));
  }

  @Test
  void whoWasAsleepItselfBelievesNothingAtFirst() {
    for (int second = 1; second <= 20; second++) {
      at(second, 0, NEVER);
    }
    for (int second = 100; second <= 110; second++) {
      assertTrue(at(second, 0, NEVER, member(MemberState.ACTIVE, 80_000)).isEmpty());
    }
    assertEquals(1, at(111, 0, NEVER, member(MemberState.ACTIVE, 80_000)).size());
  }

  @Test
  void controlNodesAreNotJudgedAndManyAreJudgedInTurns() {
    MemberInfo control = new MemberInfo(Role.CONTROL, Memos.nodeId(9), "c", "h:1", 0, 0, 0);
    for (int second = 1; second <= 20; second++) {
      assertTrue(at(second, 0, NEVER, member(control, MemberState.ACTIVE, 60_000)).isEmpty());
    }
    Member[] many =
        LongStream.range(0, 500)
            .mapToObj(i -> member(Memos.member(i), MemberState.ACTIVE, 60_000))
            .toArray(Member[]::new);
    assertEquals(Timekeeping.PROPOSALS_MAX, at(21, 0, NEVER, many).size());
  }
}
