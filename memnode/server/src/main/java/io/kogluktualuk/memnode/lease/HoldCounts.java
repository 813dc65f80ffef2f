package io.kogluktualuk.memnode.lease;

/// Keeps for each blob how many holds it has. Whoever implements it learns by that when a blob
/// becomes untouchable and when it no longer is.
///
/// **Threading:** as [HoldLedger], which is the only one to call it.
public interface HoldCounts {

  /// The most holds on one blob.
  int HOLDS_MAX = 0xFFFF;

  int holds(int blob);

  /// @param holds 0 to [#HOLDS_MAX], one more or one less than before
  /// @param account of the lease whose hold began or ended
  void setHolds(int blob, int holds, int account);
}
