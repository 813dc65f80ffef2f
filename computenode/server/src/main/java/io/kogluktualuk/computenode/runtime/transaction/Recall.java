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
  /// The transaction is run, whatever is known.
  NEVER;

  /// What holds for the transactions that one with this recall has computed.
  Recall below() {
    return this == KNOWN ? KNOWN : WHOLE;
  }
}
