package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.LentBlob;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// A shelf for those who write recipes only: what they put is kept as such.
///
/// **Threading:** as the shelf's.
public record Recipes(Shelf shelf) implements BlobStore {

  @Override
  public Blob get(Hash hash) {
    return shelf.get(hash);
  }

  @Override
  public LentBlob lend(Hash hash) {
    return shelf.lend(hash);
  }

  @Override
  public List<Blob> getAll(List<Hash> hashes) {
    return shelf.getAll(hashes);
  }

  @Override
  public void put(List<Blob> blobs) {
    shelf.put(blobs, Worth.RECIPE);
  }

  @Override
  public Set<Hash> missing(Collection<Hash> hashes) {
    return shelf.missing(hashes);
  }
}
