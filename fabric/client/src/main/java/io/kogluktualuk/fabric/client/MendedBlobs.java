package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.LentBlob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/// The blobs of one value: when one of them is lost, the value is mended, and read on.
///
/// **Threading:** any thread; one mends while others that miss something wait for it.
/// **Bound:** [#MENDS_MAX] times; then a loss is told, and that a node is away after
/// [#BACK_WITHIN].
final class MendedBlobs implements BlobStore {

  private static final int MENDS_MAX = 3;

  /// Where a node that may have the blob cannot be asked, it may be just restarting.
  private static final Duration BACK_WITHIN = Duration.ofSeconds(10);

  private static final long LOOK_EVERY_NANOS = 100_000_000;

  private final BlobStore store;
  private final Mender mender;
  private final Ref value;
  private int mends;

  MendedBlobs(BlobStore store, Mender mender, Ref value) {
    this.store = store;
    this.mender = mender;
    this.value = value;
  }

  @Override
  public Blob get(Hash hash) {
    try {
      return store.get(hash);
    } catch (NotFound | Unavailable | Corruption e) {
      return mended(hash, e);
    }
  }

  @Override
  public LentBlob lend(Hash hash) {
    try {
      return store.lend(hash);
    } catch (NotFound | Unavailable | Corruption e) {
      return LentBlob.of(mended(hash, e), true);
    }
  }

  private synchronized Blob mended(Hash hash, FabricException first) {
    FabricException reason = first;
    Deadline patience = Deadline.after(BACK_WITHIN);
    while (true) {
      try {
        if (mends > 0) {
          return store.get(hash); // somebody may have mended it while we waited
        }
      } catch (NotFound | Unavailable | Corruption e) {
        reason = e;
      }
      if (mends < MENDS_MAX && mender.mend(value).isEmpty()) {
        mends++;
        continue;
      }
      mends = MENDS_MAX;
      if (!(reason instanceof Unavailable) || patience.hasPassed()) {
        throw reason;
      }
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
  }

  @Override
  public List<Blob> getAll(List<Hash> hashes) {
    try {
      return store.getAll(hashes);
    } catch (NotFound | Unavailable | Corruption _) {
      return hashes.stream().map(this::get).toList();
    }
  }

  @Override
  public void put(List<Blob> blobs) {
    store.put(blobs);
  }

  @Override
  public Set<Hash> missing(Collection<Hash> hashes) {
    return store.missing(hashes);
  }
}
