package io.kogluktualuk.fabric.lease;

import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;

/// Where leases come from: the control plane, for rooms that need not know it.
///
/// **Threading:** any thread; calls block.
public interface LeaseSource {

  /// Grants a lease. One that lives under the same id ends by that.
  ///
  /// @return with a token greater than any before
  LeaseProof acquire(LeaseId id, Account account, Duration ttl, Deadline deadline);

  /// Lets a lease live on for `ttl` from now.
  ///
  /// @throws io.kogluktualuk.fabric.fault.StaleLease when it has ended
  LeaseProof renew(LeaseProof proof, Duration ttl, Deadline deadline);

  /// Ends a lease; one that has ended already stays so.
  void release(LeaseProof proof, Deadline deadline);
}
