package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Lanes that are closed, while they do something and while they do not.
@Timeout(60)
final class LanesEndTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final List<String> done = new CopyOnWriteArrayList<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);

  private Lanes<String> one(boolean isHandler) {
    Lanes<String> lanes =
        new Lanes<>("a-test", 1, false, (lane, what) -> work(lane, what, isHandler), () -> {});
    lanes.start();
    lanes.add(0, "first");
    lanes.add(0, "second");
    lanes.wake();
    return lanes;
  }

  private void work(Lanes.Lane lane, String what, boolean isHandler) {
    if (isHandler) {
      lane.begin(0);
    }
    begun.countDown();
    try {
      open.await();
      done.add(what);
    } catch (InterruptedException e) {
      done.add(what + " was interrupted");
    } finally {
      if (isHandler) {
        assertFalse(lane.end(1), "it did not take too long");
      }
    }
  }

  @Test
  void aHandlerIsInterruptedAndWhatWaitsIsLeft() throws Exception {
    Lanes<String> lanes = one(true);
    begun.await();
    lanes.close();
    assertTrue(lanes.awaitEnd(LONG));
    assertEquals(List.of("first was interrupted"), done);
  }

  /// It may be storing something, which would stay held.
  @Test
  void whatIsNoHandlerGoesOnToItsEnd() throws Exception {
    Lanes<String> lanes = one(false);
    begun.await();
    lanes.close();
    assertFalse(lanes.awaitEnd(Duration.ofMillis(50)));
    open.countDown();
    assertTrue(lanes.awaitEnd(LONG));
    assertEquals(List.of("first"), done);
  }

  @Test
  void idleLanesEndAtOnce() {
    Lanes<String> lanes = new Lanes<>("a-test", 4, true, (_, _) -> {}, () -> {});
    lanes.start();
    lanes.close();
    assertTrue(lanes.awaitEnd(LONG));
    lanes.add(0, "late");
    lanes.wake();
  }
}
