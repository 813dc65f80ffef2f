package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.Retention;

/// A blob that this node has.
///
/// @param retention on what terms it is kept
/// @param isPinned whether a root reaches it
public record LocalBlob(Hash hash, int length, Retention retention, boolean isPinned) {

  /// Whether it is a loss when the last copy goes.
  boolean isSource() {
    return retention instanceof Retention.Source;
  }
}
