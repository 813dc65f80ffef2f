package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The blobs used last, up to a number of bytes.
///
/// **Threading:** safe for any number of threads; one lock, held for a map operation.
/// **Bound:** the bytes of its blobs, and [#OVERHEAD_BYTES] for each.
final class BlobCache {

  /// A map entry, a blob record, a segment and a hash.
  private static final int OVERHEAD_BYTES = 200;

  private final long bytesMax;
  private final Map<Hash, Blob> blobs = new LinkedHashMap<>(1024, 0.75f, true);
  private long bytes;

  BlobCache(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  synchronized @Nullable Blob get(Hash hash) {
    return blobs.get(hash);
  }

  synchronized boolean contains(Hash hash) {
    return blobs.containsKey(hash);
  }

  synchronized void add(Blob blob) {
    if (blobs.put(blob.hash(), blob) == null) {
      bytes += blob.length() + OVERHEAD_BYTES;
      evict();
    }
  }

  synchronized long bytes() {
    return bytes;
  }

  long bytesMax() {
    return bytesMax;
  }

  private void evict() {
    Iterator<Blob> eldest = blobs.values().iterator();
    while (bytes > bytesMax && eldest.hasNext()) {
      bytes -= eldest.next().length() + OVERHEAD_BYTES;
      eldest.remove();
    }
  }
}
