package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;

/// A blob that is gone and should be there.
///
/// @param keep on what terms it was kept
/// @param pinGeneration of the mark that reached it last; 0 for none
public record LostBlob(Hash hash, Keep keep, int pinGeneration) {

  /// A blob that is about to go.
  static LostBlob of(int ordinal, BlobIndex index) {
    BlobTable table = index.table();
    return new LostBlob(index.hash(ordinal), table.keep(ordinal), table.pinGeneration(ordinal));
  }
}
