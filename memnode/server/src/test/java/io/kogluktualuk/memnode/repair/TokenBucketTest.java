package io.kogluktualuk.memnode.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void lendsASecondsWorthAtOnceAndThenKeepsTheRate() {
    TokenBucket bucket = new TokenBucket(1000, 0);
    assertEquals(0, bucket.take(1000, 0));
    assertEquals(SECOND / 2, bucket.take(500, 0), 10);
    assertEquals(SECOND, bucket.take(500, 0), 10, "what is owed is waited for");
    assertEquals(0, bucket.take(1000, 3 * SECOND));
    assertTrue(bucket.take(1, 3 * SECOND) > 0, "a pause earns no more than a second's worth");
  }

  @Test
  void keepsTheRateOverManySmallTakes() {
    TokenBucket bucket = new TokenBucket(1 << 20, 0);
    long now = 0;
    for (int i = 0; i < 10_000; i++) {
      now += bucket.take(4096, now);
    }
    double seconds = (double) now / SECOND;
    assertEquals(10_000 * 4096.0 / (1 << 20) - 1, seconds, 0.1);
  }
}
