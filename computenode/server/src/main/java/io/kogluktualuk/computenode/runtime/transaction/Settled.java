package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.Disposed;
import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.runtime.namespace.Thunks;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of a [Pending].
///
/// @param value for whoever reads the thunk
/// @param outcome of the transaction; null for a binding, and for one that has a draft
/// @param draft of an outcome that nobody has asked for yet; else null
/// @param disposition whether the transaction ran
/// @param cycle the transactions that need each other's outcome, when this one is among them
record Settled(
    Thunks.Value value,
    @Nullable Outcome outcome,
    @Nullable Draft draft,
    Disposition disposition,
    List<Hash> cycle) {

  /// @param flight of the transaction that has the outcome
  static Settled of(Flight flight, Outcome outcome, Disposition disposition, List<Hash> cycle) {
    Thunks.Value value = value(flight, outcome.ending(), outcome.output());
    return new Settled(value, outcome, null, disposition, cycle);
  }

  /// @param flight of the transaction that has the draft
  static Settled of(Flight flight, Draft draft, Disposition disposition) {
    Thunks.Value value = value(flight, draft.ending(), draft.output());
    return new Settled(value, null, draft, disposition, List.of());
  }

  /// What a binding comes to: the value of the transaction that it has become.
  Settled ofBinding() {
    return new Settled(value, null, draft, disposition, cycle);
  }

  private static Thunks.Value value(Flight flight, Ending ending, Ref output) {
    Hash key = flight.key();
    return ending.isSuccess()
        ? new Thunks.Computed(key, output)
        : new Thunks.Failed(key, words(flight.transaction()) + " " + ending);
  }

  /// Without the key, which is another in each namespace: who reads the thunk sees the words.
  private static String words(Transaction transaction) {
    return Disposed.abridge(String.join(" ", transaction.argv()));
  }

  /// The outcome of a transaction: a flight settles with one.
  Outcome known() {
    if (outcome != null) {
      return outcome;
    }
    if (draft == null) {
      throw new IllegalStateException("a transaction settles with an outcome");
    }
    return draft.publish();
  }

  /// Writes the outcome down if it is a draft.
  void publish() {
    if (draft != null && outcome == null) {
      draft.publish();
    }
  }
}
