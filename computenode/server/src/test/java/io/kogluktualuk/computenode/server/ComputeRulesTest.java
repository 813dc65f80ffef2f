package io.kogluktualuk.computenode.server;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.computenode.api.ComputeMethods;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.rpc.CallRules;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.fabric.rpc.PeerName.Role;
import io.kogluktualuk.rdma.transport.endpoint.VerbsStatus;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ComputeRulesTest {

  private static final Set<String> NONE = Set.of();
  private static final PeerName CONTROL = server(Role.CONTROL);
  private static final PeerName MEMORY = server(Role.MEMORY);
  private static final PeerName COMPUTE = server(Role.COMPUTE);
  private static final PeerName CLIENT = client(Set.of("default"), false);
  private static final PeerName OTHER = client(Set.of("trades"), false);
  private static final PeerName ADMIN = client(NONE, true);
  private static final List<PeerName> ALL = List.of(CONTROL, MEMORY, COMPUTE, CLIENT, OTHER, ADMIN);

  private final CallRules rules = ComputeRules.rules();

  private static PeerName server(Role role) {
    return new PeerName("north", role, role.word() + "-1", NONE, NONE, false);
  }

  private static PeerName client(Set<String> tenants, boolean isAdmin) {
    return new PeerName("north", Role.CLIENT, "c", tenants, NONE, isAdmin);
  }

  /// Only these may, whatever they ask.
  private void only(Method<?, ?> method, PeerName... who) {
    for (PeerName each : ALL) {
      if (List.of(who).contains(each)) {
        assertDoesNotThrow(() -> rules.check(each, method, new Object()), each + "");
      } else {
        assertThrows(Refused.class, () -> rules.check(each, method, new Object()), each + "");
      }
    }
  }

  @Test
  void clientsOfTheTenantRun() {
    only(ComputeMethods.RUN, CLIENT, ADMIN);
    only(ComputeMethods.PROGRESS, COMPUTE, CLIENT, ADMIN);
    only(ComputeMethods.CANCEL, COMPUTE, CLIENT, ADMIN);
  }

  @Test
  void computeNodesHandOn() {
    only(ComputeMethods.EXECUTE, COMPUTE);
    only(ComputeMethods.WAITS, COMPUTE);
    only(ComputeMethods.SHARE, COMPUTE);
    only(ComputeMethods.DROP, COMPUTE);
    only(ComputeMethods.HEAL, CONTROL, MEMORY, COMPUTE, CLIENT, ADMIN);
  }

  @Test
  void everybodySeesHowItIs() {
    only(ComputeMethods.STATUS, ALL.toArray(PeerName[]::new));
    only(VerbsStatus.CALL, ALL.toArray(PeerName[]::new));
  }
}
