package io.kogluktualuk.rdma.transport.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.testkit.Seeds;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Pauses between attempts to connect.
class BackoffTest {

  @Test
  void pausesDoubleUpToTheirLimitAndVaryByHalf() {
    Seeds.run(
        BackoffTest.class,
        50,
        random -> {
          long min = 10;
          long max = 500;
          Backoff backoff = new Backoff(Duration.ofNanos(min), Duration.ofNanos(max), random);
          long now = random.nextLong();
          assertEquals(0, backoff.pauseNanos(now));
          long expected = min;
          for (int failure = 0; failure < 100; failure++) {
            backoff.onFailure(now);
            long pause = backoff.pauseNanos(now);
            assertTrue(pause >= expected / 2 && pause <= expected, pause + " of " + expected);
            assertEquals(0, backoff.pauseNanos(now + pause));
            expected = Math.min(max, 2 * expected);
          }
          backoff.onSuccess();
          assertEquals(0, backoff.pauseNanos(now));
        });
  }
}
