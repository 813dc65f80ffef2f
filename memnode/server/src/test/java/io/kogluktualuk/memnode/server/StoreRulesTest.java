package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.CallRules;
import io.kogluktualuk.fabric.rpc.Caller;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.fabric.rpc.PeerName.Role;
import io.kogluktualuk.memnode.api.CollectRequest;
import io.kogluktualuk.memnode.api.CollectStep;
import io.kogluktualuk.memnode.api.DescribeRequest;
import io.kogluktualuk.memnode.api.HoldRequest;
import io.kogluktualuk.memnode.api.LeaseTerms;
import io.kogluktualuk.memnode.api.LocateRequest;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.PinRequest;
import io.kogluktualuk.memnode.api.PutRequest;
import io.kogluktualuk.memnode.api.ReleaseRequest;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.ResolveRequest;
import io.kogluktualuk.memnode.api.SealRequest;
import io.kogluktualuk.memnode.api.SessionId;
import io.kogluktualuk.memnode.api.SpaceTerms;
import io.kogluktualuk.memnode.api.StandRequest;
import io.kogluktualuk.memnode.api.StatusRequest;
import io.kogluktualuk.memnode.api.SyncRequest;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.api.TouchRequest;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StoreRulesTest {

  private static final Tenant TRADES = new Tenant("trades");
  private static final PeerName NODE =
      new PeerName("north", Role.COMPUTE, "compute-1", Set.of(), Set.of(), false);
  private static final PeerName TRADER = client(Set.of("trades"), Set.of("desk"), false);
  private static final PeerName OTHER = client(Set.of("default"), Set.of("desk"), false);
  private static final PeerName ADMIN = client(Set.of(), Set.of(), true);

  private final CallRules rules = StoreRules.rules();
  private final SessionId session = SessionId.random(new SplittableRandom(1));
  private final LeaseProof proof = proofOf(TRADER);

  private static PeerName client(Set<String> tenants, Set<String> accounts, boolean isAdmin) {
    return new PeerName("north", Role.CLIENT, "c", tenants, accounts, isAdmin);
  }

  private static LeaseProof proofOf(PeerName owner) {
    return new LeaseProof(LeaseId.of(owner.title(), new SplittableRandom(1)), 7);
  }

  private static SpaceTerms paidBy(String account) {
    return new SpaceTerms(new Account(account), Duration.ZERO);
  }

  private void refused(PeerName caller, Method<?, ?> method, Object request) {
    assertThrows(Refused.class, () -> rules.check(caller, method, request), method.name());
  }

  private <Q> void forThatTenant(Method<Q, ?> method, Q request) {
    rules.check(NODE, method, request);
    rules.check(TRADER, method, request);
    refused(OTHER, method, request);
    refused(ADMIN, method, request);
  }

  @Test
  void clientsTouchTheirTenantsOnly() {
    forThatTenant(MemoryCalls.DESCRIBE, new DescribeRequest(TRADES));
    forThatTenant(MemoryCalls.LOCATE, new LocateRequest(TRADES, List.of()));
    forThatTenant(MemoryCalls.PROMOTE, new LocateRequest(TRADES, List.of()));
    forThatTenant(MemoryCalls.RESOLVE, new ResolveRequest(TRADES, "0123456789"));
    forThatTenant(MemoryCalls.STAND, new StandRequest(TRADES, session));
    forThatTenant(MemoryCalls.SEAL, new SealRequest(TRADES, session, 1, false));
    forThatTenant(MemoryCalls.SYNC, new SyncRequest(TRADES));
    rules.check(TRADER, MemoryCalls.RELEASE, new ReleaseRequest(TRADES, proof, 1, true, List.of()));
    ReleaseRequest others = new ReleaseRequest(TRADES, proofOf(OTHER), 1, true, List.of());
    refused(OTHER, MemoryCalls.RELEASE, others);
    forThatTenant(MemoryCalls.TOUCH, new TouchRequest(TRADES, List.of()));
    forThatTenant(MemoryCalls.SCARCE, new LocateRequest(TRADES, List.of()));
  }

  private ReserveRequest reserve(String account) {
    return new ReserveRequest(TRADES, session, paidBy(account), null, null, List.of());
  }

  @Test
  void clientsChargeTheirAccountsOnly() {
    LeaseTerms lease = new LeaseTerms(proof, Duration.ofSeconds(10), 1);
    forThatTenant(MemoryCalls.RESERVE, reserve("desk"));
    forThatTenant(MemoryCalls.PUT, new PutRequest(1, 0, reserve("desk")));
    HoldRequest hold = new HoldRequest(TRADES, lease, paidBy("desk"), List.of());
    rules.check(TRADER, MemoryCalls.HOLD, hold);
    refused(OTHER, MemoryCalls.HOLD, hold);
    refused(ADMIN, MemoryCalls.HOLD, hold);
    forThatTenant(MemoryCalls.PIN, new PinRequest(TRADES, 1, paidBy("desk"), List.of()));
    refused(TRADER, MemoryCalls.RESERVE, reserve("boss"));
    refused(TRADER, MemoryCalls.PUT, new PutRequest(1, 0, reserve("boss")));
    refused(TRADER, MemoryCalls.HOLD, new HoldRequest(TRADES, lease, paidBy("boss"), List.of()));
    refused(TRADER, MemoryCalls.PIN, new PinRequest(TRADES, 1, paidBy("boss"), List.of()));
  }

  @Test
  void aClientThatIsBoundToNoAccountChargesTheDefaultOne() {
    PeerName unbound = client(Set.of("trades"), Set.of(), false);
    rules.check(unbound, MemoryCalls.RESERVE, reserve(Account.DEFAULT.name()));
    refused(unbound, MemoryCalls.RESERVE, reserve("desk"));
  }

  /// Also by nobody who comes first.
  @Test
  void aLeaseIsUsedByItsOwnerOnly() {
    PeerName friend =
        new PeerName("north", Role.CLIENT, "d", Set.of("trades"), Set.of("desk"), false);
    for (PeerName owner : List.of(TRADER, friend, NODE)) {
      LeaseId id = LeaseId.of(owner.title(), new SplittableRandom(2));
      LeaseProof own = new LeaseProof(id, 7);
      LeaseTerms lease = new LeaseTerms(own, Duration.ofSeconds(10), 1);
      ReserveRequest reserve =
          new ReserveRequest(TRADES, session, paidBy("desk"), lease, null, List.of());
      HoldRequest hold = new HoldRequest(TRADES, lease, paidBy("desk"), List.of());
      ReleaseRequest release = new ReleaseRequest(TRADES, own, 1, true, List.of());
      for (PeerName another : List.of(TRADER, friend, NODE)) {
        if (!another.equals(owner)) {
          refused(another, MemoryCalls.HOLD, hold);
          refused(another, MemoryCalls.RESERVE, reserve);
          refused(another, MemoryCalls.PUT, new PutRequest(1, 0, reserve));
          refused(another, MemoryCalls.RELEASE, release);
        }
      }
      rules.check(owner, MemoryCalls.HOLD, hold);
      rules.check(owner, MemoryCalls.RESERVE, reserve);
      rules.check(owner, MemoryCalls.PUT, new PutRequest(1, 0, reserve));
      rules.check(owner, MemoryCalls.RELEASE, release);
    }
  }

  @Test
  void nodesAndAdministratorsCollect() {
    var collect = new CollectRequest(TRADES, 1, Duration.ofHours(1), CollectStep.DRY_RUN, 0);
    rules.check(NODE, MemoryCalls.COLLECT, collect);
    rules.check(ADMIN, MemoryCalls.COLLECT, collect);
    refused(TRADER, MemoryCalls.COLLECT, collect);
  }

  @Test
  void everybodyAsksHowItIs() {
    rules.check(OTHER, MemoryCalls.STATUS, new StatusRequest());
    rules.check(OTHER, MemoryCalls.CREDITS, new StatusRequest());
  }

  @Test
  void everyCallHasARule() throws IllegalAccessException {
    int methods = 0;
    for (Field field : MemoryCalls.class.getFields()) {
      if (field.get(null) instanceof Method<?, ?> method) {
        methods++;
        try {
          rules.check(TRADER, method, new Object());
        } catch (Refused e) {
          assertTrue(String.valueOf(e.getMessage()).contains(": only "), e.getMessage());
        } catch (ClassCastException e) {
          // The rule looks at the request, which this is none of.
          assertEquals(true, String.valueOf(e.getMessage()).contains("java.lang.Object"));
        }
      }
    }
    assertTrue(methods > 10, methods + " methods");
  }

  @Test
  void withoutTlsNobodyIsRefused() {
    rules.check(Caller.UNPROVEN, MemoryCalls.DESCRIBE, new DescribeRequest(TRADES));
  }
}
