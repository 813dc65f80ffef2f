package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;

/// Where leases come from: the control plane, seen from a room that knows nothing of it.
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
