package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.namespace.Thunks;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Something that others wait for: a transaction in the making, or a binding whose inputs are.
///
/// It is *held* by those who have a use for it: the top-level run, and the transactions that have
/// begun or read it. When the last lets go of it before it has settled, it is cancelled.
///
/// **Threading:** any thread.
abstract sealed class Pending implements Thunks.Promise permits Flight, Binding {

  private final CompletableFuture<Settled> settled = new CompletableFuture<>();
  private int holders;
  private boolean isAbandoned;

  /// The transaction's key, or what names a narrowed thunk in its namespace; null for one that a
  /// program has bound.
  abstract @Nullable Hash key();

  /// What the transaction sees; null for a binding.
  abstract @Nullable Ref namespace();

  /// Makes the work stop soon. Called at most once, without a lock.
  abstract void stop();

  /// Counts one more with a use for it.
  ///
  /// @return false when it has been abandoned, and another must be begun
  final synchronized boolean hold() {
    if (isAbandoned) {
      return false;
    }
    holders++;
    return true;
  }

  /// One fewer has a use for it.
  final void release() {
    synchronized (this) {
      holders--;
      if (holders > 0 || settled.isDone()) {
        return;
      }
      isAbandoned = true;
    }
    fail(new Refused("cancelled: nobody waits for it any more"));
    stop();
  }

  /// Does something unless nobody has a use for this any more.
  final synchronized void ifWanted(Runnable action) {
    if (!isAbandoned) {
      action.run();
    }
  }

  final boolean isAbandoned() {
    return settled.isCompletedExceptionally();
  }

  final boolean isSettled() {
    return settled.isDone();
  }

  /// The value, if it has come to one.
  final Thunks.@Nullable Value valueNow() {
    return settled.isDone() && !settled.isCompletedExceptionally() ? settled.join().value() : null;
  }

  final void settle(Settled result) {
    settled.complete(result);
  }

  /// This host could not compute it; that says nothing about its value.
  final void fail(FabricException reason) {
    settled.completeExceptionally(reason);
  }

  final CompletableFuture<Settled> settled() {
    return settled;
  }
}
