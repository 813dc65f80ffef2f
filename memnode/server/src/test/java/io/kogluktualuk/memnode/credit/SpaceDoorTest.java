package io.kogluktualuk.memnode.credit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who waits at the door, and for how long.
@Timeout(60)
final class SpaceDoorTest {

  @Test
  void onlyWhoHasToWaitIsTimed(@TempDir Path folder) {
    AccountNumbers names = AccountNumbers.open(folder);
    int account = names.of(new Account("stage"));
    AtomicInteger asked = new AtomicInteger();
    SpaceLedger ledger = new SpaceLedger(4, new long[] {1000}, 100);
    SpaceDoor door = new SpaceDoor(names, ledger, asked::incrementAndGet);
    Deadline soon = Deadline.after(Duration.ofMillis(5));
    assertThrows(OutOfCredits.class, () -> door.charge(account, 0, 10, soon));
    assertEquals(1, door.waits().count());
    assertTrue(door.waits().sum() > 0, door.waits()::toString);
    assertEquals(1, door.refused());
    assertEquals(1, asked.get());

    door.allotted(account, 100, 1000, 100);
    door.charge(account, 0, 10, Deadline.after(Duration.ofSeconds(30)));
    assertEquals(1, door.waits().count());
    assertEquals(0, door.waiting());
  }
}
