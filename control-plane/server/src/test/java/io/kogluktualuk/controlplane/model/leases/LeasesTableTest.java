package io.kogluktualuk.controlplane.model.leases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.Lease;
import io.kogluktualuk.controlplane.api.Leases;
import io.kogluktualuk.controlplane.api.RenewLeases;
import io.kogluktualuk.controlplane.api.Renewal;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import java.util.List;
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

  private Lease acquireBy(String caller, long id, long nowMillis) {
    LeasesCommand command =
        new LeasesCommand.By(
            caller, new LeasesCommand.Acquire(new LeaseId(id, 0), "me", new Account("a"), 1000));
    return LeasesTable.readLease(submit(command, nowMillis).reply());
  }

  private Renewal renewBy(String caller, LeaseProof proof, long nowMillis) {
    LeasesCommand renew = new LeasesCommand.Renew(new RenewLeases(List.of(proof), 1000));
    LeasesCommand command = caller.isEmpty() ? renew : new LeasesCommand.By(caller, renew);
    return LeasesTable.readRenewals(submit(command, nowMillis).reply()).getFirst();
  }

  @Test
  void aLeaseIsItsCertificatesAlone() {
    LeaseProof proof = acquireBy("client ann", 1, 0).proof();
    assertInstanceOf(Renewal.Stale.class, renewBy("client bob", proof, 10));
    assertInstanceOf(Renewal.Stale.class, renewBy("compute ann", proof, 10));
    Refused taken = assertThrows(Refused.class, () -> acquireBy("client bob", 1, 10));
    assertTrue(String.valueOf(taken.getMessage()).contains("client bob"), taken.getMessage());
    LeasesCommand end = new LeasesCommand.End(proof);
    assertThrows(Refused.class, () -> submit(new LeasesCommand.By("client bob", end), 10));
    assertEquals(1, table.size());
    LeasesTable copy = new LeasesTable();
    table.freeze().accept(change -> copy.replay(copy.readChange(new CanonicalReader("c", change))));
    assertThrows(
        Refused.class,
        () -> copy.decide(new LeasesCommand.By("client bob", end), new Moment(7, 10)),
        "after a snapshot");
    assertInstanceOf(Renewal.Extended.class, renewBy("client ann", proof, 900));
    assertInstanceOf(Renewal.Stale.class, renewBy("client bob", proof, 1500), "still ann's");
    submit(new LeasesCommand.By("client ann", end), 1600);
    assertEquals(0, table.size());
  }

  @Test
  void whatHasLapsedIsNobodysAndWithoutCertificatesNothingIsCompared() {
    acquireBy("client ann", 1, 0);
    LeaseProof second = acquireBy("client bob", 1, 1000).proof();
    assertInstanceOf(Renewal.Extended.class, renewBy("", second, 1500));
    LeaseProof plain = acquire(2, "a", 1500).proof();
    assertInstanceOf(Renewal.Extended.class, renewBy("client ann", plain, 1600));
  }

  @Test
  void commandsAndChangesAreReadAsTheyWereWritten() {
    LeaseProof proof = new LeaseProof(new LeaseId(5, 6), 7);
    LeasesCommand command = new LeasesCommand.By("client ann", new LeasesCommand.End(proof));
    byte[] bytes = command.toProposal().command();
    assertEquals(command, table.readCommand(new CanonicalReader("command", bytes)));
    bytes[bytes.length - 17 - 1] = 6; // a command by somebody by somebody
    assertThrows(
        MalformedEncoding.class, () -> table.readCommand(new CanonicalReader("command", bytes)));
    LeasesChange change =
        new LeasesChange.Living(
            new Leases.Held(new Lease(proof, new Account("a"), 1000, 5), "me"), "client ann");
    assertEquals(change, table.readChange(new CanonicalReader("change", change.toBytes())));
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
