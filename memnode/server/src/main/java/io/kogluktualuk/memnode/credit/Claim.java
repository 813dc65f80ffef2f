package io.kogluktualuk.memnode.credit;

/// Somebody's wish for room that may not be evicted, in the queue of an account.
///
/// **Threading:** made and changed by [SpaceLedger] only, under its caller's lock.
public final class Claim {

  final int account;
  final int room;
  final long bytes;
  private final Runnable onGrant;
  private boolean granted;

  Claim(int account, int room, long bytes, Runnable onGrant) {
    this.account = account;
    this.room = room;
    this.bytes = bytes;
    this.onGrant = onGrant;
  }

  /// Whether the bytes have been charged.
  public boolean isGranted() {
    return granted;
  }

  void grant() {
    granted = true;
    onGrant.run();
  }
}
