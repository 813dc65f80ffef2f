package io.kogluktualuk.memnode.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RepairTurnsTest {

  private static final Duration SWEEP = Duration.ofMinutes(10);

  private long now = 1_000;
  private final RepairTurns turns = new RepairTurns(SWEEP, now);

  /// Looks when it is due.
  ///
  /// @return how long after the look before
  private Duration next(boolean hadReason, boolean isInOrder) {
    Duration pause = Duration.ofNanos(turns.nextNanos() - now);
    now = turns.nextNanos();
    turns.looked(hadReason, turns.isSweep(now), isInOrder, now);
    return pause;
  }

  @Test
  void whatIsNotInOrderIsLookedAtEverMoreSeldom() {
    assertEquals(Duration.ZERO, next(true, false));
    assertEquals(RepairTurns.SOON, next(false, false));
    assertEquals(RepairTurns.SOON.multipliedBy(2), next(false, false));
    assertEquals(RepairTurns.SOON.multipliedBy(4), next(false, false));
    for (int i = 0; i < 20; i++) {
      next(false, false);
    }
    assertEquals(SWEEP, next(false, false), "and no more seldom than all is swept");
  }

  @Test
  void afterAChangeOfMembersItIsSoonHoweverOftenItWasInVain() {
    for (int i = 0; i < 20; i++) {
      next(false, false);
    }
    turns.looked(true, false, false, now);
    assertEquals(RepairTurns.SOON, next(false, false));
    assertEquals(RepairTurns.SOON.multipliedBy(2), next(false, true));
  }

  @Test
  void whereAllIsInOrderItIsSweptNow() {
    next(true, true);
    assertFalse(turns.isSweep(now));
    assertEquals(SWEEP, next(false, false));
    assertTrue(turns.isSweep(now), "a sweep that found something is not over");
    next(false, true);
    assertFalse(turns.isSweep(now));
    assertEquals(SWEEP, next(false, true));
  }
}
