package io.kogluktualuk.memnode.store;

import io.kogluktualuk.memnode.api.Retention;

/// On what terms a blob is kept: what its put has said.
///
/// @param retention [#SOURCE] or [#DERIVED]
/// @param cost what making it again costs, on the scale of [CostScale]; 0 for what is transient
/// @param account whom it is charged to, by the number that the credits' table gives it
public record Keep(int retention, int cost, int account) {

  /// Cannot be made again: never evicted.
  public static final int SOURCE = 0;

  /// Can be made again by running a transaction: evicted when room is needed.
  public static final int DERIVED = 1;

  /// The most accounts that a node can tell apart.
  public static final int ACCOUNTS_MAX = 1 << 16;

  /// Of a put that says nothing.
  public static final Keep STANDARD = new Keep(SOURCE, 0, 0);

  /// As a put says it.
  static Keep of(Retention retention, int account) {
    return switch (retention) {
      case Retention.Source() -> new Keep(SOURCE, 0, account);
      case Retention.Derived(long micros) -> new Keep(DERIVED, CostScale.of(micros), account);
    };
  }

  public Keep {
    if (retention != SOURCE && retention != DERIVED) {
      throw new IllegalArgumentException("no retention class has number " + retention);
    }
    if (cost < 0 || cost > CostScale.MAX) {
      throw new IllegalArgumentException("cost " + cost + " is not in 0.." + CostScale.MAX);
    }
    if (account < 0 || account >= ACCOUNTS_MAX) {
      throw new IllegalArgumentException("no account can have number " + account);
    }
  }
}
