package io.kogluktualuk.memnode.retention;

import io.kogluktualuk.memnode.credit.SpaceDoor;

/// What one tenant's store owes to the accounts: the difference between what has been charged at
/// the door and what may not be evicted, until it is settled.
///
/// A blob passes from *reserved* to *sealed* to *held* under the store's lock. Each passage takes
/// bytes here and adds bytes there; the door must see only the sum, or somebody who waits there
/// would get bytes that are only on their way. So passages are noted here, and [#settle] is
/// called under the same lock, between passages.
///
/// Calls pay in advance at the door, where they may wait, without the lock. What calls that go on
/// have paid is *prepaid*: so much may be owed without the door being told. What a call has paid
/// and not used shows when it ends. It is not written down who uses what: a passage of one call
/// might else take what another has paid, and what it gave would be lent to somebody who waits.
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

  /// A call is over that has been charged so much.
  void end(int account, long bytes) {
    prepaid[account] -= bytes;
    owed[account] -= bytes;
  }

  /// Bytes may not be evicted any more.
  void take(int account, long bytes) {
    owed[account] += bytes;
  }

  /// Bytes may be evicted, or are gone.
  void give(int account, long bytes) {
    owed[account] -= bytes;
  }

  /// Tells the door.
  void settle() {
    for (int account = 0; account < owed.length; account++) {
      long bytes = owed[account];
      if (bytes < 0) {
        owed[account] = 0;
        door.uncharge(account, room, -bytes);
      } else if (bytes > prepaid[account]) {
        owed[account] = prepaid[account];
        door.chargeAnyway(account, room, bytes - prepaid[account]);
      }
    }
  }
}
