package io.kogluktualuk.computenode.runtime.store;

import java.util.concurrent.TimeUnit;

/// What it would take to have a blob again that was lost.
///
/// @param isRecipe whether it is needed to compute others again: a transaction, or a tree that one
///     sees. It is small, and kept in more than one place
/// @param costMicros of computing, rounded up to a power of two so that many blobs share a value
public record Worth(boolean isRecipe, long costMicros) {

  public static final Worth RECIPE = new Worth(true, 0);

  /// @param nanos from the beginning of its transaction until it was made
  public static Worth output(long nanos) {
    long micros = Math.max(1, TimeUnit.NANOSECONDS.toMicros(nanos));
    return new Worth(false, Long.highestOneBit(2 * micros - 1));
  }
}
