package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.store.Shelf;
import io.kogluktualuk.computenode.runtime.store.Worth;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.LentBlob;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// A store whose reader does not notice that a blob was lost, when it can be computed again.
///
/// A node that does not answer may have the blob, but waiting for it is waiting for people: what
/// it had is computed again, too.
///
/// **Threading:** that of its transaction.
final class HealingBlobs implements Shelf {

  private static final int ATTEMPTS_MAX = 3;

  private final Shelf store;
  private final Healer healer;

  HealingBlobs(Shelf store, Healer healer) {
    this.store = store;
    this.healer = healer;
  }

  @Override
  public Blob get(Hash hash) {
    return healed(hash, store::get);
  }

  @Override
  public LentBlob lend(Hash hash) {
    return healed(hash, store::lend);
  }

  private <R> R healed(Hash hash, Function<Hash, R> read) {
    for (int attempt = 1; ; attempt++) {
      try {
        return read.apply(hash);
      } catch (NotFound | Unavailable | Corruption e) {
        if (attempt >= ATTEMPTS_MAX || !healer.heal(hash)) {
          throw e;
        }
      }
    }
  }

  @Override
  public List<Blob> getAll(List<Hash> hashes) {
    try {
      return store.getAll(hashes);
    } catch (FabricException _) {
      List<Blob> blobs = new ArrayList<>(hashes.size());
      hashes.forEach(hash -> blobs.add(get(hash)));
      return blobs;
    }
  }

  @Override
  public void put(List<Blob> blobs) {
    store.put(blobs);
  }

  @Override
  public void put(List<Blob> blobs, Worth worth) {
    store.put(blobs, worth);
  }

  @Override
  public Set<Hash> missing(Collection<Hash> hashes) {
    return store.missing(hashes);
  }
}
