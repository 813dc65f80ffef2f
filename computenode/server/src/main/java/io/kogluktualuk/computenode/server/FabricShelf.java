package io.kogluktualuk.computenode.server;

import io.kogluktualuk.computenode.runtime.store.Shelf;
import io.kogluktualuk.computenode.runtime.store.Worth;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.Retention;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.PutPolicy;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// The memory nodes as a shelf: an output is kept once, a recipe twice and longer than what can be
/// made by it.
///
/// **Threading:** safe for any number of threads. **Ownership:** the store is lent.
final class FabricShelf implements Shelf {

  private static final int RECIPE_REPLICAS = 2;

  private final FabricBlobs blobs;

  FabricShelf(FabricBlobs blobs) {
    this.blobs = blobs;
  }

  @Override
  public void put(List<Blob> made) {
    blobs.put(made);
  }

  @Override
  public void put(List<Blob> made, Worth worth) {
    PutPolicy policy =
        worth.isRecipe()
            ? PutPolicy.derived(Retention.Derived.COST_MICROS_MAX).withReplicas(RECIPE_REPLICAS)
            : PutPolicy.derived(Math.min(worth.costMicros(), Retention.Derived.COST_MICROS_MAX));
    blobs.with(policy).put(made);
  }

  @Override
  public Blob get(Hash hash) {
    return blobs.get(hash);
  }

  @Override
  public List<Blob> getAll(List<Hash> hashes) {
    return blobs.getAll(hashes);
  }

  @Override
  public Set<Hash> missing(Collection<Hash> hashes) {
    return blobs.missing(hashes);
  }
}
