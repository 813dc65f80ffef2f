package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.hash.Hash;

/// Follows the audit log from its anchor and notices whatever was changed, left out or put in.
///
/// Needs nothing but the entries: it works on an exported file as on a control node's answers.
///
/// **Threading:** one thread.
public final class AuditChain {

  private long sequence;
  private Hash hash;

  /// Begins behind the last entry that was cut off.
  public AuditChain(AuditHead head) {
    sequence = head.anchorSequence();
    hash = head.anchor();
  }

  /// The number of the last entry followed.
  public long sequence() {
    return sequence;
  }

  /// Follows one more entry.
  ///
  /// @throws Corruption when it does not follow the one before
  public void follow(AuditEntry entry) {
    if (entry.sequence() != sequence + 1) {
      throw new Corruption(
          "audit entry "
              + (sequence + 1)
              + " is missing; "
              + entry.sequence()
              + " is in its place");
    }
    if (!entry.previous().equals(hash)) {
      throw new Corruption(
          "audit entry "
              + entry.sequence()
              + " follows an entry with hash "
              + entry.previous()
              + ", but entry "
              + sequence
              + " has hash "
              + hash);
    }
    sequence = entry.sequence();
    hash = entry.hash();
  }

  /// Says that nothing is left.
  ///
  /// @throws Corruption when the log says that it ends elsewhere
  public void end(AuditHead head) {
    if (head.sequence() != sequence || !head.hash().equals(hash)) {
      throw new Corruption(
          "the audit log says that it ends with entry "
              + head.sequence()
              + " and hash "
              + head.hash()
              + ", but it ends with entry "
              + sequence
              + " and hash "
              + hash);
    }
  }
}
