package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;

/// The names of blobs that are gone and should be there, for whoever repairs them.
///
/// **Threading:** any thread. **Bound:** [#MAX]; of more only the first are known, the rest is
/// found by whoever asks for them.
final class LostBlobs {

  static final int MAX = 1000;

  private final List<Hash> hashes = new ArrayList<>();

  synchronized void add(Hash hash) {
    if (hashes.size() < MAX) {
      hashes.add(hash);
    }
  }

  synchronized List<Hash> list() {
    return List.copyOf(hashes);
  }
}
