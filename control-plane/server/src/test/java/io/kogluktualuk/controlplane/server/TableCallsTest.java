package io.kogluktualuk.controlplane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.AcquireLease;
import io.kogluktualuk.controlplane.api.AuditChain;
import io.kogluktualuk.controlplane.api.AuditEntry;
import io.kogluktualuk.controlplane.api.AuditPage;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.CreditBalance;
import io.kogluktualuk.controlplane.api.CreditGrant;
import io.kogluktualuk.controlplane.api.Heartbeat;
import io.kogluktualuk.controlplane.api.HeartbeatReply;
import io.kogluktualuk.controlplane.api.Lease;
import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.Maybe;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.Renewal;
import io.kogluktualuk.controlplane.api.RequestId;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.api.ReturnCredits;
import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.api.SetCreditLimit;
import io.kogluktualuk.controlplane.api.SetRoot;
import io.kogluktualuk.controlplane.api.TakeCredits;
import io.kogluktualuk.controlplane.model.Memos;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.PeerName;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The calls about leases, credits, roots, members' states and the audit log, over real encodings
/// and a real log.
@Timeout(60)
final class TableCallsTest {

  private static final Account ACCOUNT = new Account("team");

  private final RequestIds requests = new RequestIds(Memos.random(5));
  private final ControlService service;
  private final ControlClient client;

  TableCallsTest(@TempDir Path folder) {
    InetSocketAddress bind = new InetSocketAddress("127.0.0.1", 0);
    ControlSettings settings =
        ControlSettings.single(folder.resolve("control"), "test", bind)
            .withSilentAfter(Duration.ofMillis(300));
    service = new ControlService(settings);
    client = new ControlClient(new TableChannel(service.methods()), Duration.ofSeconds(10));
  }

  @AfterEach
  void close() {
    service.close();
  }

  private AcquireLease ask(long id, long ttlMillis) {
    return new AcquireLease(requests.next(), new LeaseId(id, id), "me", ACCOUNT, ttlMillis);
  }

  @Test
  void leasesAreGrantedRenewedEndedAndRevoked() {
    AcquireLease ask = ask(1, 60_000);
    Lease lease = client.acquire(ask);
    assertEquals(lease, client.acquire(ask), "the same request has the same answer");
    assertEquals(1, client.leases().leases().size());
    Lease second = client.acquire(ask(2, 60_000));
    assertTrue(second.proof().token() > lease.proof().token());
    client.revoke(new LeaseId(2, 2));
    assertThrows(NotFound.class, () -> client.revoke(new LeaseId(2, 2)));
    List<Renewal> renewals =
        client.renew(List.of(lease.proof(), second.proof()), Duration.ofMinutes(1));
    assertEquals(Renewal.Extended.class, renewals.getFirst().getClass());
    assertEquals(new Renewal.Stale(), renewals.getLast());
    client.end(lease.proof());
    client.end(lease.proof());
    assertTrue(client.leases().leases().isEmpty());
    client.register(Memos.member(2));
    HeartbeatReply reply = client.heartbeat(new Heartbeat(Memos.nodeId(2), 1, Load.NONE));
    assertTrue(reply.fences().isDead(second.proof().token()));
    assertEquals(3, reply.fences().floor());
  }

  private ControlClient as(String name) {
    PeerName peer =
        new PeerName("north", PeerName.Role.CLIENT, name, Set.of(), Set.of("team"), false);
    return new ControlClient(new TableChannel(service.methods(), peer), Duration.ofSeconds(10));
  }

  @Test
  void aLeaseIsRenewedTakenOverAndEndedByTheCertificateThatAcquiredIt() {
    ControlClient ann = as("ann");
    ControlClient bob = as("bob");
    LeaseProof proof = ann.acquire(ask(1, 60_000)).proof();
    assertEquals(List.of(new Renewal.Stale()), bob.renew(List.of(proof), Duration.ofMinutes(1)));
    assertThrows(Refused.class, () -> bob.acquire(ask(1, 60_000)));
    assertThrows(Refused.class, () -> bob.end(proof));
    assertEquals(
        Renewal.Extended.class,
        ann.renew(List.of(proof), Duration.ofMinutes(1)).getFirst().getClass());
    LeaseProof second = ann.acquire(ask(1, 60_000)).proof();
    assertTrue(second.token() > proof.token());
    ann.end(second);
    assertTrue(client.leases().leases().isEmpty());
  }

  @Test
  void aLapsedLeaseIsTakenOutByTheLeader() {
    client.acquire(ask(1, 100));
    Deadline deadline = Deadline.after(Duration.ofSeconds(30));
    while (!client.leases().leases().isEmpty()) {
      assertFalse(deadline.hasPassed(), "it never lapsed");
      Thread.onSpinWait();
    }
  }

  @Test
  void creditsAreTakenAndReturned() {
    client.register(Memos.member(2));
    CreditBalance limited =
        client.setCreditLimit(new SetCreditLimit(requests.next(), ACCOUNT, 100));
    assertEquals(new CreditBalance(100, 0, 0), limited);
    TakeCredits take = new TakeCredits(requests.next(), ACCOUNT, Memos.nodeId(2), 80, 10);
    CreditGrant grant = client.takeCredits(take);
    assertEquals(new CreditGrant(80, new CreditBalance(100, 80, 80)), grant);
    assertEquals(grant, client.takeCredits(take), "it is not taken twice");
    TakeCredits more = new TakeCredits(requests.next(), ACCOUNT, Memos.nodeId(2), 80, 30);
    assertThrows(OutOfCredits.class, () -> client.takeCredits(more));
    ReturnCredits back = new ReturnCredits(requests.next(), ACCOUNT, Memos.nodeId(2), 50);
    assertEquals(new CreditBalance(100, 30, 30), client.returnCredits(back));
    assertEquals(new CreditBalance(100, 30, 30), client.returnCredits(back));
    assertEquals(30, client.accounts().getFirst().allottedBytes());
    assertEquals(30, client.allotments(ACCOUNT).getFirst().bytes());
    client.forget(Memos.nodeId(2));
    assertTrue(client.allotments(ACCOUNT).isEmpty());
  }

  @Test
  void rootsAreSetIfTheyAreAsExpected() {
    RootName name = new RootName("releases/v1");
    SetRoot set = new SetRoot(requests.next(), name, 0L, Memos.blob("a"));
    assertEquals(1, client.setRoot(set));
    assertEquals(1, client.setRoot(set));
    SetRoot again = new SetRoot(requests.next(), name, 0L, Memos.blob("b"));
    assertThrows(Conflict.class, () -> client.setRoot(again));
    assertEquals(2, client.setRoot(new SetRoot(requests.next(), name, 1L, Memos.blob("b"))));
    Root root = client.roots().getFirst();
    assertEquals(root, client.root(name));
    assertEquals(Memos.blob("b"), root.ref());
    assertEquals(3, client.setRoot(new SetRoot(requests.next(), name, null, null)));
    assertNull(client.root(name));
    RequestId advance = requests.next();
    assertEquals(2, client.advancePins(advance));
    assertEquals(2, client.advancePins(advance));
    assertEquals(2, client.pinGeneration());
  }

  @Test
  void membersDrainAreLostAndReturn() {
    client.register(Memos.member(2));
    long epoch = client.drain(Memos.nodeId(2), true);
    assertEquals(epoch, client.drain(Memos.nodeId(2), true));
    assertThrows(NotFound.class, () -> client.drain(Memos.nodeId(77), true));
    assertEquals(
        MemberState.DRAINING,
        client.heartbeat(new Heartbeat(Memos.nodeId(2), 1, Load.NONE)).state());
    awaitState(MemberState.LOST, false);
    awaitState(MemberState.DRAINING, true);
    assertTrue(client.members().epoch() > epoch);
  }

  private void awaitState(MemberState expected, boolean beats) {
    Deadline deadline = Deadline.after(Duration.ofSeconds(30));
    while (client.members().members().getFirst().state() != expected) {
      assertFalse(deadline.hasPassed(), "it never was " + expected);
      if (beats) {
        client.heartbeat(new Heartbeat(Memos.nodeId(2), 1, Load.NONE));
      }
    }
  }

  @Test
  void whatWasDoneIsInTheAuditLog() {
    client.register(Memos.member(1));
    RootName name = new RootName("r");
    for (int i = 0; i < 100; i++) {
      client.setRoot(new SetRoot(requests.next(), name, null, Memos.blob("v" + i)));
    }
    client.record(Memos.memo(1, 1, "honest"));
    client.record(Memos.memo(1, 2, "broken"));
    List<AuditEntry> all = new ArrayList<>();
    AuditPage page = client.audit(0);
    AuditChain chain = new AuditChain(page.head());
    while (!page.entries().isEmpty()) {
      page.entries().forEach(chain::follow);
      all.addAll(page.entries());
      page = client.audit(chain.sequence());
    }
    chain.end(client.auditHead());
    assertEquals("member.register", all.getFirst().what());
    assertEquals("a caller without a certificate", all.getFirst().who());
    assertEquals("root.set", all.get(5).what());
    assertEquals("memo.disagreement", all.getLast().what());
    assertEquals(102, all.size());
  }

  @Test
  void anUnknownRootIsAbsent() {
    TableChannel channel = new TableChannel(service.methods());
    assertEquals(
        new Maybe<>(null),
        channel.call(
            ControlMethods.ROOT, new RootName("x"), Deadline.after(Duration.ofSeconds(9))));
  }
}
