package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Trace;
import org.jspecify.annotations.Nullable;

/// An outcome that this node found out.
///
/// @param key the transaction
/// @param durationNanos how long it ran, without the waiting
/// @param observed what the program saw; null when that is not for the trace trie
public record Memo(Hash key, Outcome outcome, long durationNanos, @Nullable Observed observed) {

  /// What a program that was run has seen.
  ///
  /// @param family its transaction's
  public record Observed(Hash family, Trace trace) {}
}
