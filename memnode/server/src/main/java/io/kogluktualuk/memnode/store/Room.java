package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;

/// Decides which blobs go when there is no room, and hears what comes and goes. The store has the
/// mechanism, and whoever implements this the policy.
///
/// All methods are called under the store's lock: they must be short, wait for nothing, and call
/// nothing of the store but what they are lent.
public interface Room {

  /// Never lets anything go.
  Room NONE = (_, _) -> false;

  /// Makes room by [Residents#evict]. Called again while what was evicted is not enough, because
  /// its parts are too small or it had no blob of the index to give.
  ///
  /// @param bytes what somebody wants to reserve, with alignment; 0 when the index is full
  /// @return false when nothing more may go: the reservation is refused
  boolean make(Residents residents, long bytes);

  /// A blob has been sealed. So have those, one by one, that were there when the store was
  /// opened, if this is heard from the beginning.
  default void sealed(Residents residents, int ordinal) {}

  /// A blob is about to go: evicted, or found damaged.
  default void dropped(Residents residents, int ordinal) {}

  /// Room has been reserved.
  default void reserved(Residents residents, Keep keep, int length) {}

  /// What was reserved is not needed any more: it has been sealed, was sealed by others, was not
  /// intact, or has expired.
  default void unreserved(Residents residents, Keep keep, int length) {}

  /// Somebody has put a blob that was there already, on these terms.
  default void repeated(Residents residents, int ordinal, Keep keep) {}

  /// A blob's bytes are not what its hash names, so it was dropped: another copy is needed.
  default void damaged(Hash hash) {}
}
