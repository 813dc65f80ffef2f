package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.memnode.api.Retention;

/// How blobs are put: on how many nodes, for how long, at whose expense.
///
/// @param replicas how many nodes get each blob; fewer when fewer live
/// @param retention what it would cost to lose them
/// @param account whose space credits they take while they may not be evicted
/// @param isDurable whether the put waits until each node has them on its device, so that they
///     survive the stop of its machine; otherwise they survive the death of its process at
/// once, and
///     that of the machine soon
public record PutPolicy(int replicas, Retention retention, Account account, boolean isDurable) {

  public PutPolicy {
    if (replicas < 1) {
      throw new IllegalArgumentException("a blob has at least one replica, found " + replicas);
    }
  }

  /// What cannot be computed again, for the default account.
  public static PutPolicy source(int replicas) {
    return new PutPolicy(replicas, Retention.SOURCE, Account.DEFAULT, false);
  }

  /// What can be computed again: one replica, for the default account.
  ///
  /// @param costMicros what that takes, in microseconds of computing
  public static PutPolicy derived(long costMicros) {
    return new PutPolicy(1, new Retention.Derived(costMicros), Account.DEFAULT, false);
  }

  public PutPolicy withReplicas(int count) {
    return new PutPolicy(count, retention, account, isDurable);
  }

  public PutPolicy withRetention(Retention what) {
    return new PutPolicy(replicas, what, account, isDurable);
  }

  public PutPolicy withAccount(Account whose) {
    return new PutPolicy(replicas, retention, whose, isDurable);
  }

  /// The same, waiting for the devices.
  public PutPolicy durable() {
    return new PutPolicy(replicas, retention, account, true);
  }
}
