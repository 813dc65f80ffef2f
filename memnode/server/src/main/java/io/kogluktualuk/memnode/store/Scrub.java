package io.kogluktualuk.memnode.store;

import java.util.ArrayList;
import java.util.List;

/// Which blobs are looked at next for bits that have changed: all of them in turn, for ever.
///
/// **Threading:** one thread at a time; under the [StoreLock].
/// **Bound:** [#LOOKS_MAX] ordinals at a time.
final class Scrub {

  private static final int LOOKS_MAX = 4096;

  private final BlobIndex index;
  private int cursor;

  Scrub(BlobIndex index) {
    this.index = index;
  }

  /// The next blobs, with about so many bytes.
  List<SealedBlob> next(long bytes) {
    List<SealedBlob> batch = new ArrayList<>();
    BlobTable table = index.table();
    long left = bytes;
    int looks = Math.min(table.limit(), LOOKS_MAX);
    for (int look = 0; look < looks && left > 0; look++) {
      cursor = cursor < table.limit() ? cursor : 0;
      if (table.isPresent(cursor)) {
        batch.add(new SealedBlob(index.hash(cursor), index.location(cursor)));
        left -= table.length(cursor);
      }
      cursor++;
    }
    return batch;
  }
}
