package io.kogluktualuk.computenode.server;

import io.kogluktualuk.computenode.runtime.store.Shelf;
import io.kogluktualuk.computenode.runtime.store.Worth;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.LentBlob;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.measure.Distribution;
import io.kogluktualuk.fabric.measure.Histogram;
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
  private final Histogram puts = Histogram.ofTimes();
  private final Histogram gets = Histogram.ofTimes();

  FabricShelf(FabricBlobs blobs) {
    this.blobs = blobs;
  }

  @Override
  public void put(List<Blob> made) {
    put(blobs, made);
  }

  private void put(BlobStore where, List<Blob> made) {
    long begin = System.nanoTime();
    where.put(made);
    puts.addSince(begin);
  }

  /// How long it took to store a batch, of those that were stored.
  Distribution putTimes() {
    return puts.read();
  }

  /// How long it took to fetch a blob, or several at once, of those that came.
  Distribution getTimes() {
    return gets.read();
  }

  @Override
  public void put(List<Blob> made, Worth worth) {
    PutPolicy policy =
        worth.isRecipe()
            ? PutPolicy.derived(Retention.Derived.COST_MICROS_MAX).withReplicas(RECIPE_REPLICAS)
            : PutPolicy.derived(Math.min(worth.costMicros(), Retention.Derived.COST_MICROS_MAX));
    put(blobs.with(policy), made);
  }

  @Override
  public Blob get(Hash hash) {
    long begin = System.nanoTime();
    Blob blob = blobs.get(hash);
    gets.addSince(begin);
    return blob;
  }

  @Override
  public LentBlob lend(Hash hash) {
    long begin = System.nanoTime();
    LentBlob lent = blobs.lend(hash);
    if (lent.isFetched()) {
      gets.addSince(begin);
    }
    return lent;
  }

  @Override
  public List<Blob> getAll(List<Hash> hashes) {
    long begin = System.nanoTime();
    List<Blob> found = blobs.getAll(hashes);
    gets.addSince(begin);
    return found;
  }

  @Override
  public Set<Hash> missing(Collection<Hash> hashes) {
    return blobs.missing(hashes);
  }
}
