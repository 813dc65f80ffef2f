package io.kogluktualuk.memnode.retention;

import io.kogluktualuk.memnode.credit.SpaceDoor;

/// What one tenant's store owes to the accounts: the difference between what has been charged at
/// the door and what may not be evicted, until it is settled.
///
/// A blob passes from *reserved* to *sealed* to *held* under the store's lock. Each passage takes
/// bytes here and adds bytes there; the door must see only the sum, or somebody who waits there
/// would get bytes that are only on their way. So passages are noted here, and [#settle] is called
/// under the same lock, between passages.
///
/// Calls pay in advance at the door, where they may wait, without the lock. What they have paid and
/// not yet used is *prepaid*, and not settled.
///
/// **Threading:** the store's lock. **Bound:** one number for each account.
final class Dues {

  private final SpaceDoor door;
  private final int room;
  private final long[] prepaid;
  private final long[] owed;

  Dues(SpaceDoor door, int room, int accounts) {
    this.door = door;
    this.room = room;
    this.prepaid = new long[accounts];
    this.owed = new long[accounts];
  }

  /// A call has been charged at the door.
  void prepay(int account, long bytes) {
    prepaid[account] += bytes;
  }

  /// A call gives back what it has paid and not used.
  ///
  /// @param bytes negative when it has used more than that; [#take] has noted the rest then
  void unpay(int account, long bytes) {
    long unused = Math.clamp(bytes, 0, prepaid[account]);
    prepaid[account] -= unused;
    owed[account] -= unused;
  }

  /// Bytes may not be evicted any more.
  void take(int account, long bytes) {
    long paid = Math.min(prepaid[account], bytes);
    prepaid[account] -= paid;
    owed[account] += bytes - paid;
  }

  /// Bytes may be evicted, or are gone.
  void give(int account, long bytes) {
    owed[account] -= bytes;
  }

  /// Tells the door.
  void settle() {
    for (int account = 0; account < owed.length; account++) {
      long bytes = owed[account];
      if (bytes != 0) {
        owed[account] = 0;
        if (bytes > 0) {
          door.chargeAnyway(account, room, bytes);
        } else {
          door.uncharge(account, room, -bytes);
        }
      }
    }
  }
}
