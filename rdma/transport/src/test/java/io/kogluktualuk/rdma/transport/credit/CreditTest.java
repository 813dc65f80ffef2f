package io.kogluktualuk.rdma.transport.credit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

/// Credits on both sides of a connection.
class CreditTest {

  private static final Deadline NOW = Deadline.after(Duration.ZERO);

  @Test
  void whatIsTakenComesBackAcrossTheWrap() throws InterruptedException {
    SendWindow window = new SendWindow(2);
    assertTrue(window.acquire(NOW));
    assertTrue(window.acquire(NOW));
    assertFalse(window.acquire(NOW));
    window.onTaken(1);
    window.onTaken(1);
    assertEquals(1, window.available());
    assertTrue(window.acquire(NOW));
    window.onTaken(0);
    assertEquals(0, window.available());
    window.onTaken(3);
    assertEquals(2, window.available());
  }

  @Test
  void aPauseIsNotWaitedOutWhenCreditsComeBack() throws InterruptedException {
    SendWindow window = new SendWindow(1);
    assertTrue(window.acquire(NOW));
    Thread other = Thread.ofVirtual().start(() -> window.onTaken(1));
    assertTrue(window.acquire(Deadline.after(Duration.ofSeconds(10))));
    other.join();
  }

  /// Two sides exchange messages in any order. There must never be more on the way than the
  /// receiver has RECVs for, credit messages included, and nobody may starve.
  @Test
  void noOrderOfEventsOverrunsTheReceiverOrStarvesTheSender() {
    int size = 12;
    int reserve = 2;
    Seeds.run(
        CreditTest.class,
        300,
        random -> {
          SendWindow window = new SendWindow(size);
          TakenCount taken = new TakenCount(size);
          ArrayDeque<Integer> toReceiver = new ArrayDeque<>();
          ArrayDeque<Integer> toSender = new ArrayDeque<>();
          int sent = 0;
          for (int step = 0; step < 2_000; step++) {
            switch (random.nextInt(3)) {
              case 0 -> {
                if (window.acquire(NOW)) {
                  toReceiver.add(sent++);
                }
              }
              case 1 -> {
                if (toReceiver.poll() != null) {
                  taken.onTaken();
                  if (taken.isDue()) {
                    toSender.add(taken.say());
                  }
                }
              }
              default -> {
                Integer count = toSender.poll();
                if (count != null) {
                  window.onTaken(count);
                }
              }
            }
            assertTrue(toReceiver.size() <= size);
            assertTrue(toSender.size() <= reserve);
            boolean isStuck = toReceiver.isEmpty() && toSender.isEmpty() && window.available() == 0;
            assertFalse(isStuck);
          }
        });
  }
}
