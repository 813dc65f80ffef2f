package io.kogluktualuk.fabric.blob;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Blobs on their way to a store, joined into batches.
///
/// **Threading:** one thread. **Bound:** [#BYTES_MAX] and one blob are kept back.
public final class PutBatch implements Consumer<Blob> {

  static final long BYTES_MAX = 4L << 20;

  private final BlobStore store;
  private final List<Blob> batch = new ArrayList<>();
  private long bytes;

  public PutBatch(BlobStore store) {
    this.store = store;
  }

  @Override
  public void accept(Blob blob) {
    batch.add(blob);
    bytes += blob.length();
    if (bytes > BYTES_MAX) {
      flush();
    }
  }

  /// Stores what is left.
  public void flush() {
    store.put(List.copyOf(batch));
    batch.clear();
    bytes = 0;
  }
}
