package io.kogluktualuk.memnode.credit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SpaceLedgerTest {

  private static final int ACCOUNTS = 3;
  private static final long[] ROOMS = {1000, 600};
  private static final long STEP = 100;
  private static final long LIMIT = 700;

  /// A ledger, claims, and a control plane that keeps its limits.
  private static final class Run {
    private final RandomGenerator random;
    private final SpaceLedger ledger = new SpaceLedger(ACCOUNTS, ROOMS, STEP);
    private final long[] allotted = new long[ACCOUNTS];
    private final List<Claim> waiting = new ArrayList<>();
    private final List<Claim> granted = new ArrayList<>();

    Run(RandomGenerator random) {
      this.random = random;
    }

    void step() {
      switch (random.nextInt(7)) {
        case 0, 1 -> {
          int room = random.nextInt(ROOMS.length);
          waiting.add(
              ledger.claim(random.nextInt(ACCOUNTS), room, random.nextInt(1, 200), () -> {}));
        }
        case 2, 3 -> {
          if (!granted.isEmpty()) {
            Claim claim = granted.remove(random.nextInt(granted.size()));
            ledger.uncharge(claim.account, claim.room, claim.bytes);
          }
        }
        case 4 -> {
          if (!waiting.isEmpty()) {
            assertTrue(ledger.withdraw(waiting.remove(random.nextInt(waiting.size()))));
          }
        }
        case 5 -> ledger.lookBack();
        default -> settle(random.nextInt(ACCOUNTS));
      }
      check();
    }

    private void settle(int account) {
      long wanted = ledger.wanted(account);
      long surplus = ledger.surplus(account);
      assertTrue(wanted == 0 || surplus == 0);
      assertTrue(wanted == 0 || ledger.least(account) <= wanted);
      allotted[account] += Math.min(wanted, LIMIT - allotted[account]);
      allotted[account] -= surplus;
      ledger.allotted(account, allotted[account], LIMIT, allotted[account]);
    }

    private void check() {
      waiting.stream().filter(Claim::isGranted).forEach(granted::add);
      waiting.removeIf(Claim::isGranted);
      long[] rooms = new long[ROOMS.length];
      long[] accounts = new long[ACCOUNTS];
      for (Claim claim : granted) {
        rooms[claim.room] += claim.bytes;
        accounts[claim.account] += claim.bytes;
      }
      for (int room = 0; room < ROOMS.length; room++) {
        assertEquals(rooms[room], ledger.chargedIn(room));
        assertTrue(rooms[room] <= ROOMS[room]);
      }
      for (int account = 0; account < ACCOUNTS; account++) {
        SpaceLedger.Standing at = ledger.standing(account);
        assertEquals(accounts[account], at.charged());
        assertTrue(at.charged() <= at.allotted());
        assertTrue(at.allotted() <= LIMIT);
      }
      assertEquals(waiting.size(), ledger.waiting());
    }

    /// Everybody gets what they wait for, once others let go.
    void finish() {
      int rounds = 0;
      while (!waiting.isEmpty()) {
        assertTrue(rounds++ < 10_000, "claims wait for ever");
        for (int account = 0; account < ACCOUNTS; account++) {
          settle(account);
        }
        check();
        if (!granted.isEmpty()) {
          Claim claim = granted.removeFirst();
          ledger.uncharge(claim.account, claim.room, claim.bytes);
          check();
        }
      }
      while (!granted.isEmpty()) {
        Claim claim = granted.removeFirst();
        ledger.uncharge(claim.account, claim.room, claim.bytes);
      }
      for (int account = 0; account < ACCOUNTS; account++) {
        settle(account);
        long left = ledger.standing(account).allotted();
        if (account == 0) {
          assertTrue(left <= 4 * STEP, "the default account keeps some at hand");
        } else {
          assertEquals(0, left, "all credits go back");
        }
      }
    }
  }

  @Test
  void creditsAreConservedAndNobodyWaitsForEver() {
    Seeds.run(
        SpaceLedgerTest.class,
        200,
        random -> {
          Run run = new Run(random);
          for (int i = 0; i < 300; i++) {
            run.step();
          }
          run.finish();
        });
  }

  @Test
  void anAccountIsServedInTheOrderOfItsClaims() {
    SpaceLedger ledger = new SpaceLedger(1, ROOMS, STEP);
    ledger.allotted(0, 100, 100, 100);
    Claim first = ledger.claim(0, 0, 80, () -> {});
    Claim large = ledger.claim(0, 0, 90, () -> {});
    Claim small = ledger.claim(0, 0, 10, () -> {});
    assertTrue(first.isGranted());
    assertFalse(large.isGranted());
    assertFalse(small.isGranted(), "it does not pass the one before it");
    ledger.uncharge(0, 0, 80);
    assertTrue(large.isGranted());
    assertTrue(small.isGranted());
  }

  @Test
  void aLargeClaimIsNotPassedForEverWhenTheRoomIsShort() {
    SpaceLedger ledger = new SpaceLedger(2, new long[] {100}, STEP);
    ledger.allotted(0, 1000, 1000, 1000);
    ledger.allotted(1, 1000, 1000, 1000);
    Claim before = ledger.claim(1, 0, 50, () -> {});
    Claim large = ledger.claim(0, 0, 90, () -> {});
    Claim small = ledger.claim(1, 0, 20, () -> {});
    assertTrue(before.isGranted());
    assertFalse(large.isGranted());
    assertFalse(small.isGranted());
    ledger.uncharge(1, 0, 50);
    assertTrue(large.isGranted());
    ledger.uncharge(0, 0, 90);
    assertTrue(small.isGranted());
  }

  @Test
  void anAccountWithoutCreditsHoldsUpNobodyElse() {
    SpaceLedger ledger = new SpaceLedger(2, new long[] {100}, STEP);
    ledger.allotted(1, 50, 50, 50);
    Claim poor = ledger.claim(0, 0, 10, () -> {});
    Claim rich = ledger.claim(1, 0, 10, () -> {});
    assertFalse(poor.isGranted());
    assertTrue(rich.isGranted());
    RuntimeException refusal = ledger.refusal(poor, "poor");
    assertInstanceOf(OutOfCredits.class, refusal);
    assertTrue(String.valueOf(refusal.getMessage()).contains("account poor"));
  }

  @Test
  void whatCouldNeverFitIsRefusedAtOnce() {
    SpaceLedger ledger = new SpaceLedger(1, new long[] {100}, STEP);
    assertThrows(OutOfSpace.class, () -> ledger.claim(0, 0, 101, () -> {}));
  }

  @Test
  void anAccountThatBreathesKeepsItsAllotment() {
    SpaceLedger ledger = new SpaceLedger(2, ROOMS, STEP);
    ledger.claim(1, 0, 10, () -> {});
    assertEquals(2 * STEP, ledger.wanted(1));
    ledger.allotted(1, 2 * STEP, LIMIT, 2 * STEP);
    for (int i = 0; i < 10; i++) {
      ledger.claim(1, 0, 100, () -> {});
      assertEquals(0, ledger.surplus(1));
      ledger.uncharge(1, 0, 100);
      assertEquals(0, ledger.wanted(1));
      assertEquals(0, ledger.surplus(1));
    }
    ledger.uncharge(1, 0, 10);
    assertEquals(2 * STEP, ledger.surplus(1));
  }

  /// What one node had laid up stayed there for ever, and another one that needed it for a copy
  /// was refused, although the account was far below its limit.
  @Test
  void whatWasNotNeededForAWhileGoesBack() {
    SpaceLedger ledger = new SpaceLedger(2, ROOMS, STEP);
    ledger.allotted(1, 4 * STEP, LIMIT, 4 * STEP);
    ledger.claim(1, 0, 50, () -> {});
    ledger.lookBack();
    assertEquals(0, ledger.surplus(1), "it may have been needed just now");
    ledger.claim(1, 0, 60, () -> {});
    assertEquals(0, ledger.surplus(1));
    ledger.lookBack();
    assertEquals(190, ledger.surplus(1), "all that it did not need, but for a step");
    ledger.lookBack();
    assertEquals(290, ledger.surplus(1), "it needs none");
    ledger.givingBack(1, 290);
    ledger.allotted(1, 110, LIMIT, 110);
    assertEquals(0, ledger.wanted(1), "nor does it take any ahead");
    ledger.claim(1, 0, 10, () -> {});
    assertEquals(2 * STEP, ledger.wanted(1), "it is in use again");
  }

  @Test
  void whereAllIsAllottedNothingIsKeptAhead() {
    SpaceLedger ledger = new SpaceLedger(2, ROOMS, STEP);
    ledger.allotted(1, STEP, LIMIT, 4 * STEP);
    for (int look = 0; look < SpaceLedger.LOOKS_MAX; look++) {
      assertFalse(ledger.isOutdated(1));
      ledger.claim(1, 0, 10, () -> {});
      ledger.lookBack();
    }
    assertEquals(0, ledger.surplus(1), "a step is kept ahead");
    assertTrue(ledger.isOutdated(1));
    ledger.allotted(1, STEP, LIMIT, LIMIT);
    assertFalse(ledger.isOutdated(1));
    assertEquals(STEP - 30, ledger.surplus(1));
    ledger.givingBack(1, STEP - 30);
    ledger.allotted(1, 30, LIMIT, LIMIT - 1);
    assertEquals(0, ledger.wanted(1));
    Claim claim = ledger.claim(1, 0, 7, () -> {});
    assertEquals(7, ledger.wanted(1), "what is needed, and no more");
    ledger.allotted(1, 37, LIMIT, LIMIT);
    assertTrue(claim.isGranted());
  }

  @Test
  void whatIsNeededNowAndThenStays() {
    SpaceLedger ledger = new SpaceLedger(2, ROOMS, STEP);
    ledger.allotted(1, 4 * STEP, LIMIT, 4 * STEP);
    ledger.claim(1, 0, 50, () -> {});
    for (int i = 0; i < 10; i++) {
      ledger.claim(1, 0, 350, () -> {});
      ledger.uncharge(1, 0, 350);
      ledger.lookBack();
      assertEquals(0, ledger.surplus(1));
      assertEquals(0, ledger.wanted(1));
    }
  }
}
