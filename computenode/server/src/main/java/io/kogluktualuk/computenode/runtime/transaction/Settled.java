package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.Disposed;
import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.runtime.namespace.Thunks;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Transaction;
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

  /// @param flight of the transaction that has the outcome
  static Settled of(Flight flight, Outcome outcome, Disposition disposition, Set<Hash> cycle) {
    Hash key = flight.key();
    Thunks.Value value =
        outcome.ending().isSuccess()
            ? new Thunks.Computed(key, outcome.output())
            : new Thunks.Failed(key, words(flight.transaction()) + " " + outcome.ending());
    return new Settled(value, outcome, disposition, cycle);
  }

  /// Without the key, which is another in each namespace: who reads the thunk sees the words.
  private static String words(Transaction transaction) {
    return Disposed.abridge(String.join(" ", transaction.argv()));
  }

  /// The outcome of a transaction: a flight settles with one.
  Outcome known() {
    if (outcome == null) {
      throw new IllegalStateException("a transaction settles with an outcome");
    }
    return outcome;
  }
}
