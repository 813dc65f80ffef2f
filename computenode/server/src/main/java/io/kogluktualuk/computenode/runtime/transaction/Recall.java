package io.kogluktualuk.computenode.runtime.transaction;

/// How far a known outcome is believed before its transaction is run again.
///
/// An outcome is a fact for ever; the blobs it names may have been lost with a memory node, or
/// evicted. What is run again gives the same bits, and so brings them back.
enum Recall {
  /// It is enough to know it.
  KNOWN,
  /// All that its output consists of must be there.
  WHOLE,
  /// The transaction is run, whatever is known; what it has computed must be there.
  NEVER,
  /// The transaction and all that it has computed is run, here, once for each run that demands it.
  AFRESH;

  /// Whether a transaction is run to bring something back, and not for its outcome. It may wait for
  /// what its program does not read then.
  boolean isRestoring() {
    return this == WHOLE || this == NEVER;
  }

  /// What holds for the transactions that one with this recall has computed.
  Recall below() {
    return switch (this) {
      case KNOWN -> KNOWN;
      case WHOLE, NEVER -> WHOLE;
      case AFRESH -> AFRESH;
    };
  }
}
