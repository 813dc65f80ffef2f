package io.kogluktualuk.memnode.store;

import io.kogluktualuk.memnode.api.IndexLayout;

/// How an index for a number of blobs is cut into segments.
///
/// @param segments how many, at most [IndexLayout#SEGMENTS_MAX]
/// @param homes the home slots of each
record IndexShape(int segments, long homes) {

  private static final long PAGE_BYTES = 4096;

  /// Twice as many home slots as blobs: at that load an insertion does not fail, see
  /// [IndexLayout].
  static IndexShape forBlobs(long blobsMax) {
    long homes = Math.max(IndexLayout.PROBES, 2 * blobsMax);
    int segments = Math.toIntExact(Math.ceilDiv(homes, IndexLayout.HOMES_MAX));
    return new IndexShape(segments, Math.ceilDiv(homes, segments));
  }

  /// The slots of one segment.
  long slots() {
    return IndexLayout.slots(homes);
  }

  /// The slots of all segments.
  long slotsOfAll() {
    return segments * slots();
  }

  /// From the first byte of one segment to that of the next: whole pages.
  long strideBytes() {
    return Math.ceilDiv(IndexLayout.indexBytes(homes), PAGE_BYTES) * PAGE_BYTES;
  }

  /// The bytes of all segments.
  long bytes() {
    return segments * strideBytes();
  }
}
