package io.kogluktualuk.fabric.client.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PatienceTest {

  private int looks;

  @Test
  void whatPassesIsWaitedFor() throws Exception {
    new Patience(Duration.ofMinutes(1))
        .until(
            () -> {
              if (++looks == 1) {
                throw new Unavailable("it restarts");
              }
              return looks == 3;
            },
            () -> "never");
    assertEquals(3, looks);
  }

  @Test
  void whatDoesNotPassIsToldAtOnce() {
    assertThrows(
        NotFound.class,
        () ->
            new Patience(Duration.ofMinutes(1))
                .until(
                    () -> {
                      looks++;
                      throw new NotFound("nobody has that name");
                    },
                    () -> "never"));
    assertEquals(1, looks);
  }

  @Test
  void whatIsWrongInTheEndIsTold() {
    Patience none = new Patience(Duration.ZERO);
    DeadlineExceeded e =
        assertThrows(DeadlineExceeded.class, () -> none.until(() -> false, () -> "2 left"));
    assertEquals("2 left", e.getMessage());
    DeadlineExceeded away =
        assertThrows(
            DeadlineExceeded.class,
            () ->
                none.until(
                    () -> {
                      throw new Unavailable("no leader");
                    },
                    () -> "2 left"));
    assertTrue(String.valueOf(away.getMessage()).contains("2 left; at last: no leader"));
  }
}
