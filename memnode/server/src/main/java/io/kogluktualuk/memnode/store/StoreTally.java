package io.kogluktualuk.memnode.store;

import org.jspecify.annotations.Nullable;

/// Counts what happens in a store.
///
/// **Threading:** one thread at a time; under the [StoreLock].
final class StoreTally {

  private long blobs;
  private long blobBytes;
  private long sealed;
  private long sealedBytes;
  private long refused;
  private long dropped;
  private long tornBytes;
  private @Nullable String gapFailure;

  void added(int length) {
    blobs++;
    blobBytes += length;
  }

  void sealed(int length) {
    added(length);
    sealed++;
    sealedBytes += length;
  }

  void removed(int length) {
    blobs--;
    blobBytes -= length;
  }

  long blobs() {
    return blobs;
  }

  void refused(int more) {
    refused += more;
  }

  void recovered(long droppedBlobs, long cutBytes) {
    dropped = droppedBlobs;
    tornBytes = cutBytes;
  }

  void gapFailure(@Nullable Throwable failure) {
    gapFailure = failure == null ? null : failure.getMessage();
  }

  StoreStatus status(StoreSettings settings, long usedBytes, int windowsOpen) {
    return new StoreStatus(
        Math.max(settings.capacity().bytes(), usedBytes),
        usedBytes,
        blobBytes,
        blobs,
        settings.indexBlobs(),
        windowsOpen,
        sealed,
        sealedBytes,
        refused,
        dropped,
        tornBytes,
        gapFailure);
  }
}
