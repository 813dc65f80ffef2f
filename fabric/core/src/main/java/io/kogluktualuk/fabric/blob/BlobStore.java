package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// Somewhere blobs can be put and found by hash.
///
/// **Threading:** safe for any number of threads.
/// **Errors:** [io.kogluktualuk.fabric.fault.NotFound] for a hash nobody has,
/// [io.kogluktualuk.fabric.fault.Corruption] when only bytes with another hash could be had,
/// [io.kogluktualuk.fabric.fault.OutOfSpace] and [io.kogluktualuk.fabric.fault.Unavailable].
public interface BlobStore {

  /// One blob, its hash verified.
  Blob get(Hash hash);

  /// One blob, its hash verified, for whoever only looks at its bytes and gives them back. Stores
  /// that have it elsewhere than on the heap copy nothing.
  default LentBlob lend(Hash hash) {
    return LentBlob.of(get(hash), true);
  }

  /// Stores blobs; returns when all of them can be had by [#get] as safely as this store promises.
  /// A blob that is already there costs no transfer.
  void put(List<Blob> blobs);

  /// Those of the hashes that [#get] would not find.
  Set<Hash> missing(Collection<Hash> hashes);

  /// Several blobs, in the order asked for. Stores that can overlap their transfers do.
  default List<Blob> getAll(List<Hash> hashes) {
    return hashes.stream().map(this::get).toList();
  }
}
