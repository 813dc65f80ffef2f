package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.LentBlob;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/// A store whose puts are made again while no memory node can be reached: a blob that is put twice
/// is there once.
///
/// **Threading:** any thread. **Bound:** [#PATIENCE], and the time of one put; pauses grow from
/// [#PAUSE_MIN_NANOS] to 16 times that.
final class RetriedPuts implements BlobStore {

  /// A node that is started again is back by then.
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final long PAUSE_MIN_NANOS = 50_000_000;
  private static final int DOUBLINGS_MAX = 4;

  private final BlobStore store;
  private final Duration patience;

  /// @param timeout of one put
  RetriedPuts(BlobStore store, Duration timeout) {
    this.store = store;
    this.patience = timeout.compareTo(PATIENCE) < 0 ? timeout : PATIENCE;
  }

  @Override
  public void put(List<Blob> blobs) {
    Deadline deadline = Deadline.after(patience);
    for (int attempt = 0; ; attempt++) {
      try {
        store.put(blobs);
        return;
      } catch (Unavailable e) {
        if (deadline.hasPassed() || Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
      long pause = PAUSE_MIN_NANOS << Math.min(attempt, DOUBLINGS_MAX);
      LockSupport.parkNanos(Math.min(pause, Math.max(1, deadline.remainingNanos())));
    }
  }

  @Override
  public Blob get(Hash hash) {
    return store.get(hash);
  }

  @Override
  public LentBlob lend(Hash hash) {
    return store.lend(hash);
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
