package io.kogluktualuk.memnode.store;

import org.jspecify.annotations.Nullable;

/// How full a store is, and what has happened since it was opened.
///
/// @param capacityBytes the most bytes its regions may have
/// @param usedBytes lent bytes of the regions: blobs and windows with alignment
/// @param blobBytes bytes of the blobs
/// @param blobs how many there are
/// @param indexBlobsMax how many the index is made for
/// @param windowsOpen windows that wait to be sealed
/// @param sealed blobs sealed since the start
/// @param sealedBytes their bytes
/// @param refused blobs of windows whose bytes had another hash, since the start
/// @param dropped blobs that the start did not find intact
/// @param tornBytes what the start cut off the end of the log, since it was no whole record
/// @param gapFailure why some free room could not be made usable at the start; null mostly
public record StoreStatus(
    long capacityBytes,
    long usedBytes,
    long blobBytes,
    long blobs,
    long indexBlobsMax,
    long windowsOpen,
    long sealed,
    long sealedBytes,
    long refused,
    long dropped,
    long tornBytes,
    @Nullable String gapFailure) {

  public static final StoreStatus NOTHING = new StoreStatus(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, null);

  /// Two stores together.
  public StoreStatus plus(StoreStatus other) {
    return new StoreStatus(
        capacityBytes + other.capacityBytes,
        usedBytes + other.usedBytes,
        blobBytes + other.blobBytes,
        blobs + other.blobs,
        indexBlobsMax + other.indexBlobsMax,
        windowsOpen + other.windowsOpen,
        sealed + other.sealed,
        sealedBytes + other.sealedBytes,
        refused + other.refused,
        dropped + other.dropped,
        tornBytes + other.tornBytes,
        gapFailure == null ? other.gapFailure : gapFailure);
  }
}
