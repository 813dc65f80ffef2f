package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.memnode.api.Retention;

/// A blob that this node has.
///
/// @param retention on what terms it is kept
/// @param account who pays for it
/// @param isPinned whether a root reaches it
public record LocalBlob(
    Hash hash, int length, Retention retention, Account account, boolean isPinned) {

  /// Whether it is a loss when the last copy goes.
  boolean isSource() {
    return retention instanceof Retention.Source;
  }
}
