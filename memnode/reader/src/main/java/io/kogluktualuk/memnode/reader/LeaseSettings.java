package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.memnode.api.LeaseTerms;
import java.time.Duration;

/// How a session keeps its lease, and who pays.
///
/// @param account pays for what is held, and for what is put unless its policy names another
/// @param ttl how long lease and holds last without a renewal; with half of it left they are
///     renewed
/// @param callTimeout how long one call may take, to the control plane or a memory node
public record LeaseSettings(Account account, Duration ttl, Duration callTimeout) {

  public LeaseSettings {
    if (!ttl.isPositive() || ttl.compareTo(LeaseTerms.TTL_MAX) > 0 || !callTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "a lease of " + ttl + ", at most " + LeaseTerms.TTL_MAX + ", calls of " + callTimeout);
    }
  }

  public LeaseSettings withAccount(Account who) {
    return new LeaseSettings(who, ttl, callTimeout);
  }

  public LeaseSettings withTtl(Duration other) {
    return new LeaseSettings(account, other, callTimeout);
  }

  /// The default account, 30 seconds, 5 seconds a call.
  public static LeaseSettings defaults() {
    return new LeaseSettings(Account.DEFAULT, Duration.ofSeconds(30), Duration.ofSeconds(5));
  }
}
