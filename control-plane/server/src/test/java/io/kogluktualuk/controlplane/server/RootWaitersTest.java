package io.kogluktualuk.controlplane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.kogluktualuk.controlplane.api.RootName;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RootWaitersTest {

  private static final Duration LONG = Duration.ofHours(1);
  private static final RootName NAME = new RootName("a");

  private final RootWaiters waiters = new RootWaiters(2);

  @Test
  void whoWaitsHearsOfWhatHasHappenedSince() {
    try (RootWaiters.Waiter one = waiter();
        RootWaiters.Waiter other = waiter()) {
      waiters.changed(NAME);
      one.await(LONG);
      other.await(LONG);
    }
    assertEquals(0, waiters.size());
  }

  @Test
  void changesOfOthersWakeNobody() {
    try (RootWaiters.Waiter one = waiter()) {
      waiters.changed(new RootName("b"));
      one.await(Duration.ofMillis(1)); // the time is over
      assertEquals(1, waiters.size());
    }
  }

  @Test
  void noMoreWaitThanMay() {
    RootWaiters.Waiter one = waiter();
    RootWaiters.Waiter other = waiter();
    assertNull(waiters.wait(NAME));
    one.close();
    one.close();
    assertNotNull(waiters.wait(NAME));
    assertNull(waiters.wait(NAME));
    other.close();
  }

  @Test
  void theEndWakesAll() {
    RootWaiters.Waiter one = waiter();
    waiters.close();
    one.await(LONG);
    assertNull(waiters.wait(NAME));
  }

  private RootWaiters.Waiter waiter() {
    return Objects.requireNonNull(waiters.wait(NAME));
  }
}
