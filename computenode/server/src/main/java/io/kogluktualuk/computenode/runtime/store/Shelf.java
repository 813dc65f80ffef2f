package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import java.util.List;

/// The fabric's blobs, as far as those who compute see them.
///
/// **Threading:** safe for any number of threads.
public interface Shelf extends BlobStore {

  /// Stores blobs as safely as they are worth.
  void put(List<Blob> blobs, Worth worth);
}
