package io.kogluktualuk.memnode.store;

import java.util.ArrayList;
import java.util.List;

/// The blobs that are gone and should be there, for whoever repairs them.
///
/// **Threading:** any thread. **Bound:** [#MAX]; of more only the first are known, the rest is
/// found by whoever asks for them.
final class LostBlobs {

  static final int MAX = 1000;

  private final List<LostBlob> blobs = new ArrayList<>();

  synchronized void add(LostBlob blob) {
    if (blobs.size() < MAX) {
      blobs.add(blob);
    }
  }

  synchronized List<LostBlob> list() {
    return List.copyOf(blobs);
  }
}
