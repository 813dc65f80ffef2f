package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.OutOfSpace;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PromotersTest {

  private static OutOfSpace none() {
    return new OutOfSpace("no room for blob 7 of 4096 bytes");
  }

  @Test
  void whoFindsNoRoomWaitsUntilThereIsSome() throws Exception {
    try (Promoters promoters = new Promoters(Duration.ofMinutes(1))) {
      AtomicBoolean hasRoom = new AtomicBoolean();
      AtomicInteger looks = new AtomicInteger();
      CountDownLatch looked = new CountDownLatch(1);
      CountDownLatch found = new CountDownLatch(1);
      Thread.ofVirtual()
          .start(
              () -> {
                promoters.untilRoom(
                    () -> {
                      looks.incrementAndGet();
                      looked.countDown();
                      return hasRoom.get();
                    },
                    PromotersTest::none);
                found.countDown();
              });
      assertTrue(looked.await(30, TimeUnit.SECONDS));
      promoters.roomChanged(); // for somebody else
      assertEquals(1, found.getCount());
      hasRoom.set(true);
      promoters.roomChanged();
      assertTrue(found.await(30, TimeUnit.SECONDS));
      assertTrue(looks.get() <= 3, looks + " looks for two changes");
    }
  }

  @Test
  void whoWaitsInVainHearsTheNumbers() {
    try (Promoters promoters = new Promoters(Duration.ofMillis(20))) {
      OutOfSpace failure =
          assertThrows(
              OutOfSpace.class, () -> promoters.untilRoom(() -> false, PromotersTest::none));
      assertEquals("no room for blob 7 of 4096 bytes", failure.getMessage());
    }
  }
}
