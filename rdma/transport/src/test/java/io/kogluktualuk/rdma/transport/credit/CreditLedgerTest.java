package io.kogluktualuk.rdma.transport.credit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.ArrayDeque;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Credits and control messages between two sides, without any transport.
class CreditLedgerTest {

  @Test
  void aWindowIsSpentAndComesBackAcrossTheWrap() {
    CreditLedger ledger = new CreditLedger(2, -1);
    assertEquals(2, ledger.available());
    assertEquals(-1, ledger.onData());
    assertEquals(-1, ledger.onData());
    assertEquals(0, ledger.available());
    assertThrows(IllegalStateException.class, ledger::onData);
    assertTrue(ledger.onControlArrived(CreditLedger.RETURN, 1));
    assertEquals(2, ledger.available());
  }

  @Test
  void onePingIsOutstanding() {
    CreditLedger ledger = new CreditLedger(2);
    assertTrue(ledger.wantPing());
    assertEquals(CreditLedger.PING, ledger.controlDue());
    assertEquals(0, ledger.onControl(CreditLedger.PING));
    assertFalse(ledger.wantPing());
    assertEquals(0, ledger.controlDue());
    assertTrue(ledger.onControlArrived(CreditLedger.PONG, 0));
    assertTrue(ledger.wantPing());
  }

  @Test
  void breachesOfTheRulesAreNoticed() {
    CreditLedger pings = new CreditLedger(2);
    assertTrue(pings.onControlArrived(CreditLedger.PING, 0));
    assertFalse(pings.onControlArrived(CreditLedger.PING, 0), "a second ping before the pong");
    assertFalse(new CreditLedger(2).onControlArrived(CreditLedger.PONG, 0), "a pong unasked");
    assertFalse(new CreditLedger(2).onDataArrived(1), "taken what was never sent");
    CreditLedger flood = new CreditLedger(2);
    assertTrue(flood.onDataArrived(0));
    assertTrue(flood.onDataArrived(0));
    assertFalse(flood.onDataArrived(0), "more than the window");
    CreditLedger back = new CreditLedger(3);
    assertEquals(0, back.onData());
    assertEquals(0, back.onData());
    assertTrue(back.onDataArrived(2));
    assertFalse(back.onDataArrived(1), "a count that falls");
  }

  private record Message(boolean isData, int content, int taken) {}

  /// One side: what it has sent waits in order; RECVs are used on arrival and replaced later.
  private static final class Side {
    final CreditLedger ledger;
    final ArrayDeque<Message> onTheWay = new ArrayDeque<>();

    /// Arrived here, their RECVs used and not replaced.
    final ArrayDeque<Message> arrived = new ArrayDeque<>();

    int wanted;
    int received;
    int receives;

    Side(int window, int start) {
      this.ledger = new CreditLedger(window, start);
      this.receives = window + CreditLedger.CONTROL_MAX;
    }

    void sendData() {
      if (ledger.available() > 0) {
        onTheWay.add(new Message(true, 0, ledger.onData()));
        wanted++;
      }
    }

    void sendControl() {
      int due = ledger.controlDue();
      if (due != 0) {
        onTheWay.add(new Message(false, due, ledger.onControl(due)));
      }
    }

    /// One part of what is due, in a message of its own: the worst that the rules allow.
    void sendPartOfControl(RandomGenerator random) {
      int due = ledger.controlDue();
      int part = 1 << random.nextInt(3) & due;
      if (part != 0) {
        onTheWay.add(new Message(false, part, ledger.onControl(part)));
      }
    }

    /// The adapter takes what has come: each message uses a RECV, which must be there.
    void deliverFrom(Side other) {
      Message message = other.onTheWay.poll();
      if (message != null) {
        assertTrue(receives > 0, "a message found no RECV");
        receives--;
        arrived.add(message);
      }
    }

    /// The program acts: RECV first, then the content.
    void act() {
      Message message = arrived.poll();
      if (message != null) {
        receives++;
        received += message.isData() ? 1 : 0;
        assertTrue(
            message.isData()
                ? ledger.onDataArrived(message.taken())
                : ledger.onControlArrived(message.content(), message.taken()));
      }
    }
  }

  /// Data, returns, pings and pongs in both directions at the worst times: phases in which one side
  /// takes nothing, bursts afterwards, tiny and large windows, counts that wrap.
  @Test
  void noOrderOfEventsLeavesAMessageWithoutAReceive() {
    Seeds.run(
        CreditLedgerTest.class,
        400,
        random -> {
          int window = random.nextInt(1, 20);
          int start = random.nextBoolean() ? 0 : -random.nextInt(30);
          Side[] sides = {new Side(window, start), new Side(window, start)};
          for (int phase = 0; phase < 40; phase++) {
            // How likely each kind of event is changes from phase to phase.
            int[] weight = new int[12];
            for (int i = 0; i < weight.length; i++) {
              weight[i] = random.nextInt(4) == 0 ? 0 : random.nextInt(1, 10);
            }
            for (int step = 0; step < 100; step++) {
              step(sides, choose(weight, random), random);
            }
          }
          settle(sides);
          for (int i = 0; i < 2; i++) {
            assertEquals(sides[i].wanted, sides[1 - i].received, "all that was sent has come");
            assertTrue(sides[i].ledger.available() > window / 2, "and credits came back");
            assertEquals(window + CreditLedger.CONTROL_MAX, sides[i].receives);
          }
        });
  }

  private static int choose(int[] weight, RandomGenerator random) {
    int sum = 1;
    for (int w : weight) {
      sum += w;
    }
    int at = random.nextInt(sum);
    for (int i = 0; i < weight.length; i++) {
      at -= weight[i];
      if (at < 0) {
        return i;
      }
    }
    return 0;
  }

  private static void step(Side[] sides, int event, RandomGenerator random) {
    Side side = sides[event % 2];
    Side other = sides[1 - event % 2];
    switch (event / 2) {
      case 0 -> side.sendData();
      case 1 -> side.sendControl();
      case 2 -> side.sendPartOfControl(random);
      case 3 -> side.deliverFrom(other);
      case 4 -> side.act();
      default -> {
        if (side.ledger.wantPing() && random.nextBoolean()) {
          side.sendControl();
        }
      }
    }
  }

  /// Both sides go on until nothing is left to do.
  private static void settle(Side[] sides) {
    boolean isBusy = true;
    while (isBusy) {
      isBusy = false;
      for (int i = 0; i < 2; i++) {
        isBusy |= !sides[1 - i].onTheWay.isEmpty() || !sides[i].arrived.isEmpty();
        sides[i].deliverFrom(sides[1 - i]);
        sides[i].act();
        isBusy |= sides[i].ledger.controlDue() != 0;
        sides[i].sendControl();
      }
    }
  }
}
