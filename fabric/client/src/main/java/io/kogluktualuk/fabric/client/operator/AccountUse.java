package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.memnode.api.CreditsStatus;

/// How an account stands in the whole fabric.
///
/// @param limitBytes that it may keep from being evicted; [#UNLIMITED] or more for no limit
/// @param allottedBytes of it that memory nodes have
/// @param chargedBytes that are kept from being evicted, at the nodes that answered
/// @param waiting calls that wait for credits there
/// @param waitingBytes what they wait for
public record AccountUse(
    Account account,
    long limitBytes,
    long allottedBytes,
    long chargedBytes,
    long waiting,
    long waitingBytes) {

  /// From here on a limit is none.
  public static final long UNLIMITED = 1L << 61;

  AccountUse plus(CreditsStatus.Row row) {
    return new AccountUse(
        account,
        limitBytes,
        allottedBytes,
        chargedBytes + row.chargedBytes(),
        waiting + row.waiting(),
        waitingBytes + row.waitingBytes());
  }

  /// Whether there is a limit.
  public boolean isLimited() {
    return limitBytes < UNLIMITED;
  }
}
