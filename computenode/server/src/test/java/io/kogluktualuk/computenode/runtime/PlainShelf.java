package io.kogluktualuk.computenode.runtime;

import io.kogluktualuk.computenode.runtime.store.Shelf;
import io.kogluktualuk.computenode.runtime.store.Worth;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// A store to which everything is worth the same.
record PlainShelf(BlobStore store) implements Shelf {

  @Override
  public void put(List<Blob> blobs) {
    store.put(blobs);
  }

  @Override
  public void put(List<Blob> blobs, Worth worth) {
    store.put(blobs);
  }

  @Override
  public Blob get(Hash hash) {
    return store.get(hash);
  }

  @Override
  public List<Blob> getAll(List<Hash> hashes) {
    return store.getAll(hashes);
  }

  @Override
  public Set<Hash> missing(Collection<Hash> hashes) {
    return store.missing(hashes);
  }
}
