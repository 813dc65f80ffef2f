package io.kogluktualuk.controlplane.model.leases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.Lease;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import org.junit.jupiter.api.Test;

final class LeasesTableTest {

  private final LeasesTable table = new LeasesTable();

  private Lease acquire(long id, String account, long nowMillis) {
    LeasesCommand command =
        new LeasesCommand.Acquire(new LeaseId(id, 0), "me", new Account(account), 1000);
    return LeasesTable.readLease(submit(command, nowMillis).reply());
  }

  private Decision<LeasesChange> submit(LeasesCommand command, long nowMillis) {
    Decision<LeasesChange> decision = table.decide(command, new Moment(7, nowMillis));
    decision.changes().forEach(table::replay);
    return decision;
  }

  @Test
  void aLivingLeaseIsTakenOverByItsOwnAccountOnly() {
    Lease first = acquire(1, "a", 0);
    Lease second = acquire(1, "a", 10);
    assertEquals(first.proof().token() + 1, second.proof().token());
    assertEquals(1, table.size());
    assertTrue(table.fences().isDead(first.proof().token()));
    assertFalse(table.fences().isDead(second.proof().token()));
    assertThrows(Conflict.class, () -> acquire(1, "b", 10));
    assertEquals(3, acquire(1, "b", 5000).proof().token(), "it has lapsed meanwhile");
  }

  @Test
  void anAccountCannotLockOutTheOthers() {
    for (int i = 0; i < LeasesTable.ACCOUNT_LEASES_MAX; i++) {
      acquire(i, "a", 0);
    }
    assertThrows(OutOfSpace.class, () -> acquire(1_000_000, "a", 0));
    for (int i = LeasesTable.ACCOUNT_LEASES_MAX; i < LeasesTable.LEASES_MAX; i++) {
      acquire(i, "b", 0);
    }
    assertThrows(OutOfSpace.class, () -> acquire(1_000_000, "c", 0));
    for (int i = 0; i < LeasesTable.LEASES_MAX; i += 2) {
      submit(new LeasesCommand.Revoke(new LeaseId(i, 0)), 0);
    }
    assertEquals(LeasesTable.LEASES_MAX / 2 - 1, table.fences().revoked().size());
    assertEquals(LeasesTable.LEASES_MAX + 1, acquire(1_000_000, "c", 5000).proof().token());
    assertEquals(1, table.size(), "what has lapsed made room");
  }
}
