package io.kogluktualuk.fabric.client;

import io.kogluktualuk.computenode.api.ComputeMethods;
import io.kogluktualuk.computenode.api.HealRequest;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.Tenant;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has values made whole of which blobs are lost: a compute node runs the transactions again that
/// made them. Compute nodes work for the default tenant, so what others lose is lost.
///
/// **Threading:** any thread. **Bound:** [Runs#ATTEMPTS_MAX] nodes are asked.
final class Mender {

  private static final Logger LOG = LoggerFactory.getLogger(Mender.class);

  private final Membership membership;
  private final Tenant tenant;
  private final Duration timeout;

  Mender(Membership membership, Tenant tenant, Duration timeout) {
    this.membership = membership;
    this.tenant = tenant;
    this.timeout = timeout;
  }

  /// @return why the value is not whole; empty when it is now, as far as somebody could see
  String mend(Ref value) {
    if (!tenant.equals(Tenant.DEFAULT)) {
      return "nothing is computed for tenant " + tenant;
    }
    String reason = "no compute node takes runs";
    RunId id = RunId.random(RandomGenerator.of("SecureRandom"));
    Deadline deadline = Deadline.after(timeout);
    for (Member node : membership.computeNodes().stream().limit(Runs.ATTEMPTS_MAX).toList()) {
      try {
        HealRequest request = new HealRequest(value, id, deadline.remaining());
        membership.channel(node).call(ComputeMethods.HEAL, request, deadline);
        return "";
      } catch (FabricException e) {
        reason = node.info().name() + " cannot make it again: " + e.getMessage();
        LOG.warn("{} is not whole; {}", value, reason);
        if (e.category() != FabricException.Category.RETRY || deadline.hasPassed()) {
          return reason;
        }
      }
    }
    return reason;
  }
}
