package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.Collection;
import java.util.Set;

/// Keeps stored blobs where they are for a while, and says which are not there.
///
/// **Threading:** safe for any number of threads.
public interface Keeper {

  /// @param absent those that could not be kept, because no node has them
  /// @param untilNanos until when the others stay, in the terms of [System#nanoTime]
  record Kept(Set<Hash> absent, long untilNanos) {

    public Kept {
      absent = Set.copyOf(absent);
    }
  }

  Kept keep(Collection<Hash> hashes);
}
