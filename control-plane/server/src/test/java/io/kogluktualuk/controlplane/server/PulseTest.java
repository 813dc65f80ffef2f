package io.kogluktualuk.controlplane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.controlplane.api.Heartbeat;
import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.model.Memos;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PulseTest {

  private long nowNanos = 500;
  private final Pulse pulse = new Pulse(() -> nowNanos, Duration.ofSeconds(5));

  private void pass(Duration duration) {
    nowNanos += duration.toNanos();
  }

  @Test
  void aMemberFallsSilentAndIsHeardAgain() {
    Load load = new Load(1, 2, 3);
    pulse.heard(new Heartbeat(Memos.nodeId(1), 9, load));
    pass(Duration.ofSeconds(5));
    assertEquals(
        new Member(Memos.member(1), MemberState.ACTIVE, false, 5000, load, 9),
        pulse.of(Memos.member(1), MemberState.ACTIVE));
    pass(Duration.ofMillis(1));
    assertEquals(
        new Member(Memos.member(1), MemberState.ACTIVE, true, 5001, load, 9),
        pulse.of(Memos.member(1), MemberState.ACTIVE));
    pulse.registered(Memos.nodeId(1));
    assertEquals(
        new Member(Memos.member(1), MemberState.ACTIVE, false, 0, Load.NONE, 0),
        pulse.of(Memos.member(1), MemberState.ACTIVE));
  }

  @Test
  void aMemberNeverHeardCountsFromTheStart() {
    pass(Duration.ofSeconds(4));
    assertEquals(
        new Member(Memos.member(1), MemberState.ACTIVE, false, 4000, Load.NONE, 0),
        pulse.of(Memos.member(1), MemberState.ACTIVE));
    pass(Duration.ofSeconds(2));
    assertEquals(
        new Member(Memos.member(1), MemberState.ACTIVE, true, 6000, Load.NONE, 0),
        pulse.of(Memos.member(1), MemberState.ACTIVE));
  }

  @Test
  void whoIsNoMemberAnyMoreIsForgotten() {
    pulse.registered(Memos.nodeId(1));
    pulse.registered(Memos.nodeId(2));
    pulse.keep(Memos.nodeId(2)::equals);
    assertEquals(1, pulse.size());
  }

  @Test
  void aControlNodeIsNotExpectedToGiveSignsOfLife() {
    MemberInfo control = Memos.member(Role.CONTROL, 1);
    pass(Duration.ofDays(1));
    assertEquals(
        new Member(control, MemberState.ACTIVE, false, 0, Load.NONE, 0),
        pulse.of(control, MemberState.ACTIVE));
  }
}
