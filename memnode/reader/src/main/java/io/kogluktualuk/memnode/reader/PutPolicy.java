package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.memnode.api.CopyAge;
import io.kogluktualuk.memnode.api.Retention;
import org.jspecify.annotations.Nullable;

/// How blobs are put: on how many nodes, for how long, at whose expense.
///
/// @param replicas how many nodes get each blob; fewer when fewer live
/// @param retention what it would cost to lose them
/// @param account whose space credits they take while they may not be evicted
/// @param isDurable whether the put waits until each node has them on its device, so that they
///     survive the stop of its machine; otherwise they survive the death of its process at once,
///     and that of the machine soon
/// @param age of what these are copies of, for who repairs; null when somebody needs them
public record PutPolicy(
    int replicas, Retention retention, Account account, boolean isDurable, @Nullable CopyAge age) {

  public PutPolicy {
    if (replicas < 1) {
      throw new IllegalArgumentException("a blob has at least one replica, found " + replicas);
    }
  }

  /// What cannot be computed again, for the default account.
  public static PutPolicy source(int replicas) {
    return new PutPolicy(replicas, Retention.SOURCE, Account.DEFAULT, false, null);
  }

  /// What can be computed again: one replica, for the default account.
  ///
  /// @param costMicros what that takes, in microseconds of computing
  public static PutPolicy derived(long costMicros) {
    return new PutPolicy(1, new Retention.Derived(costMicros), Account.DEFAULT, false, null);
  }

  public PutPolicy withReplicas(int count) {
    return new PutPolicy(count, retention, account, isDurable, age);
  }

  public PutPolicy withRetention(Retention what) {
    return new PutPolicy(replicas, what, account, isDurable, age);
  }

  public PutPolicy withAccount(Account whose) {
    return new PutPolicy(replicas, retention, whose, isDurable, age);
  }

  /// The same, waiting for the devices.
  public PutPolicy durable() {
    return new PutPolicy(replicas, retention, account, true, age);
  }

  /// The same, for a copy of what has this age.
  public PutPolicy copying(CopyAge original) {
    return new PutPolicy(replicas, retention, account, isDurable, original);
  }
}
