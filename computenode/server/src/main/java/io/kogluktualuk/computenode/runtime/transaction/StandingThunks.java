package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.Thunk;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// The thunks met lately in namespaces, decoded once: the next namespace has nearly all of them.
///
/// **Threading:** safe for any number of threads. **Bound:** [#BYTES_MAX], as they are charged; the
/// one that was not met for longest goes first.
final class StandingThunks {

  static final long BYTES_MAX = 32L << 20;

  /// A thunk, a transaction, its encoding, and what holds them.
  private static final int OVERHEAD_BYTES = 1_000;

  /// Words are in the thunk and in the transaction, as text and encoded.
  private static final int COPIES = 4;

  /// For each input: two paths of some names.
  private static final int INPUT_BYTES = 200;

  private final Map<Hash, Kept> thunks = new LinkedHashMap<>(64, 0.75f, true);
  private final long bytesMax;
  private long bytes;

  private record Kept(StandingThunk thunk, long bytes) {}

  StandingThunks() {
    this(BYTES_MAX);
  }

  StandingThunks(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// A thunk, of a store unless it is here.
  StandingThunk get(BlobStore blobs, Ref ref) {
    synchronized (this) {
      Kept kept = thunks.get(ref.hash());
      if (kept != null) {
        return kept.thunk;
      }
    }
    Blob encoding = blobs.get(ref.hash());
    StandingThunk read = new StandingThunk(Thunk.decode(ref.hash().toHex(), encoding.toArray()));
    add(ref.hash(), new Kept(read, charge(encoding, read)));
    return read;
  }

  private static long charge(Blob encoding, StandingThunk thunk) {
    return OVERHEAD_BYTES
        + COPIES * (long) encoding.length()
        + INPUT_BYTES * (long) thunk.inputs().size();
  }

  private synchronized void add(Hash hash, Kept fresh) {
    if (thunks.putIfAbsent(hash, fresh) == null) {
      bytes += fresh.bytes;
      Iterator<Kept> eldest = thunks.values().iterator();
      while (bytes > bytesMax) {
        bytes -= eldest.next().bytes;
        eldest.remove();
      }
    }
  }

  /// What is kept is charged, in bytes.
  synchronized long chargedBytes() {
    return bytes;
  }
}
