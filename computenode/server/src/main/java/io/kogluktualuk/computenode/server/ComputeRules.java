package io.kogluktualuk.computenode.server;

import io.kogluktualuk.computenode.api.ComputeMethods;
import io.kogluktualuk.fabric.rpc.CallRules;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.fabric.rpc.PeerName.Role;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.rdma.transport.endpoint.VerbsStatus;

/// Who may make which calls of a compute node.
///
/// Programs read and write the default tenant's blobs, at the node's cost. So running one is for
/// clients certified for that tenant, and for administrators. Whoever knows the 16 random bytes of
/// a run's id may see and end the run, as long as it might have begun it. See decision 0031.
///
/// **Threading:** stateless.
final class ComputeRules {

  private static final String WHO = "clients certified for tenant default and administrators";

  private ComputeRules() {}

  static CallRules rules() {
    return new CallRules()
        .allowTo(ComputeMethods.RUN, WHO, ComputeRules::runs)
        .allowTo(ComputeMethods.CANCEL, WHO + ", and compute nodes", ComputeRules::takesPart)
        .allowTo(ComputeMethods.PROGRESS, WHO + ", and compute nodes", ComputeRules::takesPart)
        .allowTo(ComputeMethods.EXECUTE, "compute nodes", peer -> peer.role() == Role.COMPUTE)
        .allowTo(ComputeMethods.WAITS, "compute nodes", peer -> peer.role() == Role.COMPUTE)
        .allowTo(ComputeMethods.SHARE, "compute nodes", peer -> peer.role() == Role.COMPUTE)
        .allowTo(ComputeMethods.DROP, "compute nodes", peer -> peer.role() == Role.COMPUTE)
        .allowTo(
            ComputeMethods.HEAL, WHO + ", and nodes", peer -> peer.role().isServer() || runs(peer))
        .allowAll(ComputeMethods.STATUS)
        .allowAll(VerbsStatus.CALL);
  }

  private static boolean runs(PeerName peer) {
    return peer.isAdmin() || peer.tenants().contains(Tenant.DEFAULT.name());
  }

  private static boolean takesPart(PeerName peer) {
    return peer.role() == Role.COMPUTE || runs(peer);
  }
}
