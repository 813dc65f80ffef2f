package io.kogluktualuk.controlplane.server;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.AcquireLease;
import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.Heartbeat;
import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.RequestId;
import io.kogluktualuk.controlplane.api.ReturnCredits;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.api.SetRoot;
import io.kogluktualuk.controlplane.api.TakeCredits;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.rpc.CallRules;
import io.kogluktualuk.fabric.rpc.Caller;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.rpc.PeerName;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ControlRulesTest {

  private static final Set<String> NONE = Set.of();
  private static final PeerName CONTROL = server(PeerName.Role.CONTROL, "control-1");
  private static final PeerName MEMORY = server(PeerName.Role.MEMORY, "memory-1");
  private static final PeerName MEMORY_2 = server(PeerName.Role.MEMORY, "memory-2");
  private static final PeerName COMPUTE = server(PeerName.Role.COMPUTE, "compute-1");
  private static final PeerName CLIENT = client(Set.of("trades"), NONE, false);
  private static final PeerName BARE = client(NONE, NONE, false);
  private static final PeerName ADMIN = client(NONE, NONE, true);
  private static final List<PeerName> ALL = List.of(CONTROL, MEMORY, COMPUTE, CLIENT, BARE, ADMIN);

  private static final NodeId KNOWN = new NodeId(1, 2);

  private final CallRules rules =
      ControlRules.rules(
          id ->
              id.equals(KNOWN)
                  ? new MemberInfo(Role.MEMORY, id, "memory-1", "h:1", 1, 1, 0)
                  : null);

  private static PeerName server(PeerName.Role role, String name) {
    return new PeerName("north", role, name, NONE, NONE, false);
  }

  private static PeerName client(Set<String> tenants, Set<String> accounts, boolean isAdmin) {
    return new PeerName("north", PeerName.Role.CLIENT, "c", tenants, accounts, isAdmin);
  }

  /// Only these may, whatever they ask.
  private void only(Method<?, ?> method, PeerName... who) {
    for (PeerName each : ALL) {
      if (List.of(who).contains(each)) {
        assertDoesNotThrow(() -> rules.check(each, method, new Object()));
      } else {
        Refused e =
            assertThrows(Refused.class, () -> rules.check(each, method, new Object()), each + "");
        assertTrue(String.valueOf(e.getMessage()).contains(method.name() + ": only "));
      }
    }
  }

  @Test
  void nodesRegisterAsThemselves() {
    var self = new MemberInfo(Role.MEMORY, new NodeId(1, 2), "memory-1", "h:1", 1, 1, 0);
    rules.check(MEMORY, ControlMethods.REGISTER, self);
    var other = new MemberInfo(Role.MEMORY, new NodeId(1, 2), "memory-2", "h:1", 1, 1, 0);
    refused(MEMORY, ControlMethods.REGISTER, other);
    var more = new MemberInfo(Role.CONTROL, new NodeId(1, 2), "memory-1", "h:1", 0, 0, 0);
    refused(MEMORY, ControlMethods.REGISTER, more);
    refused(ADMIN, ControlMethods.REGISTER, self);
    refused(MEMORY_2, ControlMethods.REGISTER, other); // the id is memory-1's
    var fresh = new MemberInfo(Role.MEMORY, new NodeId(3, 4), "memory-2", "h:1", 1, 1, 0);
    rules.check(MEMORY_2, ControlMethods.REGISTER, fresh);
  }

  private void refused(PeerName caller, Method<?, ?> method, Object request) {
    assertThrows(Refused.class, () -> rules.check(caller, method, request));
  }

  @Test
  void nodesBeat() {
    Heartbeat known = new Heartbeat(KNOWN, 1, Load.NONE);
    rules.check(MEMORY, ControlMethods.HEARTBEAT, known);
    refused(COMPUTE, ControlMethods.HEARTBEAT, known);
    refused(MEMORY_2, ControlMethods.HEARTBEAT, known);
    refused(ADMIN, ControlMethods.HEARTBEAT, known);
    Heartbeat unknown = new Heartbeat(new NodeId(3, 4), 1, Load.NONE);
    rules.check(COMPUTE, ControlMethods.HEARTBEAT, unknown);
    refused(CLIENT, ControlMethods.HEARTBEAT, unknown);
  }

  @Test
  void computeNodesRecord() {
    only(ControlMethods.RECORD, COMPUTE);
    only(ControlMethods.TRACE, COMPUTE);
  }

  @Test
  void memoryNodesTakeAndReturnCredits() {
    RequestId request = new RequestId(1, 2, 3);
    TakeCredits take = new TakeCredits(request, Account.DEFAULT, KNOWN, 10, 1);
    ReturnCredits back = new ReturnCredits(request, Account.DEFAULT, KNOWN, 10);
    rules.check(MEMORY, ControlMethods.TAKE_CREDITS, take);
    rules.check(MEMORY, ControlMethods.RETURN_CREDITS, back);
    for (PeerName other : List.of(CONTROL, MEMORY_2, COMPUTE, CLIENT, ADMIN)) {
      refused(other, ControlMethods.TAKE_CREDITS, take);
      refused(other, ControlMethods.RETURN_CREDITS, back);
    }
    only(ControlMethods.ALLOTMENTS, CONTROL, MEMORY, COMPUTE, ADMIN);
  }

  @Test
  void administratorsAdminister() {
    only(ControlMethods.FORGET, ADMIN);
    only(ControlMethods.DRAIN, ADMIN);
    only(ControlMethods.SET_MEMO_LIMIT, ADMIN);
    only(ControlMethods.OLD_MEMOS, ADMIN);
    only(ControlMethods.FORGET_MEMOS, ADMIN);
    only(ControlMethods.CHANGE_PLANE, ADMIN);
    only(ControlMethods.SET_CREDIT_LIMIT, ADMIN);
    only(ControlMethods.LEASES, ADMIN);
    only(ControlMethods.REVOKE_LEASE, ADMIN);
    only(ControlMethods.ADVANCE_PINS, ADMIN);
    only(ControlMethods.AUDIT, ADMIN);
    only(ControlMethods.AUDIT_HEAD, ADMIN);
  }

  @Test
  void clientsOfATenantSetItsRoots() {
    for (String tenant : List.of("default", "trades")) {
      RootName name = RootName.of(tenant, "v1");
      SetRoot ask = new SetRoot(new RequestId(1, 2, 3), name, null, null);
      rules.check(client(Set.of(tenant, "other"), NONE, false), ControlMethods.SET_ROOT, ask);
      rules.check(ADMIN, ControlMethods.SET_ROOT, ask);
      refused(client(Set.of("other"), NONE, false), ControlMethods.SET_ROOT, ask);
      List.of(CONTROL, MEMORY, COMPUTE)
          .forEach(each -> refused(each, ControlMethods.SET_ROOT, ask));
    }
  }

  @Test
  void leasesAreChargedToAccountsOfTheCertificate() {
    PeerName desk = client(NONE, Set.of("desk"), false);
    lease(desk, "desk");
    lease(CLIENT, Account.DEFAULT.name());
    lease(COMPUTE, "anybody");
    assertThrows(Refused.class, () -> lease(desk, Account.DEFAULT.name()));
    assertThrows(Refused.class, () -> lease(CLIENT, "desk"));
  }

  @Test
  void nobodyAcquiresALeaseOfAnothersName() {
    var random = new java.util.SplittableRandom(1);
    for (LeaseId id : List.of(LeaseId.of(MEMORY.title(), random), LeaseId.of(random))) {
      refused(
          COMPUTE,
          ControlMethods.ACQUIRE_LEASE,
          new AcquireLease(new RequestId(1, 2, 3), id, "me", Account.DEFAULT, 10_000));
    }
  }

  private void lease(PeerName peer, String account) {
    var random = new java.util.SplittableRandom(1);
    rules.check(
        peer,
        ControlMethods.ACQUIRE_LEASE,
        new AcquireLease(
            new RequestId(1, 2, 3),
            LeaseId.of(peer.title(), random),
            "me",
            new Account(account),
            10_000));
  }

  @Test
  void everybodyReads() {
    for (Method<?, ?> method :
        List.of(
            ControlMethods.MEMBERS,
            ControlMethods.LOOKUP,
            ControlMethods.TRACED,
            ControlMethods.EXPLAIN,
            ControlMethods.PRODUCERS_OF,
            ControlMethods.RESOLVE_PREFIX,
            ControlMethods.RENEW_LEASES,
            ControlMethods.END_LEASE,
            ControlMethods.ACCOUNTS,
            ControlMethods.ROOT,
            ControlMethods.AWAIT_ROOT,
            ControlMethods.ROOTS,
            ControlMethods.PIN_GENERATION,
            ControlMethods.STATUS,
            ControlMethods.PLANE)) {
      only(method, ALL.toArray(PeerName[]::new));
    }
  }

  @Test
  void everyCallHasARule() throws IllegalAccessException {
    int methods = 0;
    for (Field field : ControlMethods.class.getFields()) {
      if (field.get(null) instanceof Method<?, ?> method) {
        methods++;
        try {
          rules.check(ADMIN, method, new Object());
        } catch (Refused e) {
          assertTrue(String.valueOf(e.getMessage()).contains(": only "), e.getMessage());
        } catch (ClassCastException e) {
          // The rule looks at the request, which this is none of.
          assertEquals(true, String.valueOf(e.getMessage()).contains("java.lang.Object"));
        }
      }
    }
    assertTrue(methods > 20, methods + " methods");
  }

  @Test
  void withoutTlsNobodyIsRefused() {
    rules.check(Caller.UNPROVEN, ControlMethods.FORGET, new NodeId(1, 2));
  }
}
