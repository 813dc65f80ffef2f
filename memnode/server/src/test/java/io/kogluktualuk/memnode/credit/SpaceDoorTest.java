package io.kogluktualuk.memnode.credit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
    Duration rest = Duration.ofSeconds(1);
    SpaceDoor door = new SpaceDoor(names, ledger, rest, 0, asked::incrementAndGet);
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

  @Test
  void whatNobodyUsesForAWhileGoesBack(@TempDir Path folder) {
    AccountNumbers names = AccountNumbers.open(folder);
    int account = names.of(new Account("stage"));
    SpaceLedger ledger = new SpaceLedger(4, new long[] {1000}, 100);
    long now = Long.MAX_VALUE - 5; // clocks may begin anywhere
    SpaceDoor door = new SpaceDoor(names, ledger, Duration.ofNanos(10), now, () -> {});
    door.allotted(account, 300, 300, 300);
    door.charge(account, 0, 20, Deadline.after(Duration.ofSeconds(30)));
    assertEquals(List.of(), door.needs(now + 9));
    assertEquals(List.of(), door.needs(now + 10));
    assertEquals(List.of(), door.needs(now + 19));
    SpaceDoor.Need need = door.needs(now + 20).getFirst();
    assertEquals(280, need.surplus());
  }
}
