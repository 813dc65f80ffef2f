package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.runtime.namespace.Thunks;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What became of a [Pending].
///
/// @param value for whoever reads the thunk
/// @param outcome of the transaction; null for a binding
/// @param disposition whether the transaction ran
/// @param cycle the transactions that need each other's outcome, when this one is among them
record Settled(
    Thunks.Value value, @Nullable Outcome outcome, Disposition disposition, Set<Hash> cycle) {

  static Settled of(Hash key, Outcome outcome, Disposition disposition, Set<Hash> cycle) {
    Thunks.Value value =
        outcome.ending().isSuccess()
            ? new Thunks.Computed(key, outcome.output())
            : new Thunks.Failed(key, "transaction " + key + " " + outcome.ending());
    return new Settled(value, outcome, disposition, cycle);
  }

  /// The outcome of a transaction: a flight settles with one.
  Outcome known() {
    if (outcome == null) {
      throw new IllegalStateException("a transaction settles with an outcome");
    }
    return outcome;
  }
}
