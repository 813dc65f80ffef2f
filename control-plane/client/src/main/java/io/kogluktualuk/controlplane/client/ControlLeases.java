package io.kogluktualuk.controlplane.client;

import io.kogluktualuk.controlplane.api.AcquireLease;
import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.RenewLeases;
import io.kogluktualuk.controlplane.api.Renewal;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.lease.LeaseSource;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.List;

/// Leases from the control plane.
///
/// **Threading:** any thread; calls block. **Ownership:** the channel is lent.
public final class ControlLeases implements LeaseSource {

  private final Channel control;
  private final String holder;
  private final RequestIds requests;

  /// @param holder who asks, for people
  public ControlLeases(Channel control, String holder, RequestIds requests) {
    this.control = control;
    this.holder = holder;
    this.requests = requests;
  }

  @Override
  public LeaseProof acquire(LeaseId id, Account account, Duration ttl, Deadline deadline) {
    AcquireLease ask = new AcquireLease(requests.next(), id, holder, account, ttl.toMillis());
    return control.call(ControlMethods.ACQUIRE_LEASE, ask, deadline).proof();
  }

  @Override
  public LeaseProof renew(LeaseProof proof, Duration ttl, Deadline deadline) {
    RenewLeases ask = new RenewLeases(List.of(proof), ttl.toMillis());
    List<Renewal> fates = control.call(ControlMethods.RENEW_LEASES, ask, deadline);
    if (fates.size() == 1 && fates.getFirst() instanceof Renewal.Extended) {
      return proof;
    }
    throw new StaleLease("lease " + proof.id() + " has ended");
  }

  @Override
  public void release(LeaseProof proof, Deadline deadline) {
    control.call(ControlMethods.END_LEASE, proof, deadline);
  }
}
