package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;

/// An outcome that this node found out.
///
/// @param key the transaction
/// @param durationNanos how long it ran, without the waiting
public record Memo(Hash key, Outcome outcome, long durationNanos) {}
