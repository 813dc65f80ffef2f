package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// How long programs have taken lately, to tell when running one is quicker than asking the memo
/// index for its outcome. Either gives the same outcome; for a trivial program the question alone
/// takes longer than the answer.
///
/// A program is a path in a namespace here: finding its hash would cost as much as is saved.
///
/// **Threading:** any thread. **Bound:** [#PROGRAMS_MAX] programs, beyond which all are forgotten.
final class RunCosts {

  private static final int PROGRAMS_MAX = 4_096;

  private record Place(Hash namespace, String path) {
    static Place of(Transaction transaction) {
      return new Place(transaction.namespace().hash(), transaction.argv().getFirst());
    }
  }

  private final Map<Place, ProgramAt> programs = new ConcurrentHashMap<>();

  /// What is known of a transaction's program; null for nothing.
  @Nullable ProgramAt known(Transaction transaction) {
    return programs.get(Place.of(transaction));
  }

  /// A transaction's program, to learn of it.
  ProgramAt of(Transaction transaction) {
    if (programs.size() >= PROGRAMS_MAX) {
      programs.clear();
    }
    return programs.computeIfAbsent(Place.of(transaction), _ -> new ProgramAt());
  }
}
