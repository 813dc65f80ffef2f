package io.kogluktualuk.memnode.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Counts what happens in a store.
///
/// **Threading:** one thread at a time; [MemoryStore] holds its lock.
final class StoreTally {

  private long blobs;
  private long blobBytes;
  private long sealed;
  private long sealedBytes;
  private long refused;
  private long dropped;
  private @Nullable String gapFailure;

  void added(SealedBlob blob) {
    blobs++;
    blobBytes += blob.location().length();
  }

  void sealed(List<SealedBlob> fresh) {
    sealed += fresh.size();
    fresh.forEach(blob -> sealedBytes += blob.location().length());
  }

  void refused(int more) {
    refused += more;
  }

  void recovered(long droppedBlobs) {
    dropped = droppedBlobs;
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
        gapFailure);
  }
}
