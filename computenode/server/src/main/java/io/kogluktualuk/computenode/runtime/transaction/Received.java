package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.HandedOver;
import io.kogluktualuk.computenode.api.WaitNews.Wait;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A transaction that another node has handed to this one, and who waits for it there.
///
/// **Threading:** any thread. **Ownership:** whoever makes it closes it.
final class Received implements AutoCloseable {

  private final Inbox inbox;
  private final WaitGraph graph;
  private final HandedOver handed;
  private final List<Wait> waits;
  private @Nullable CompletableFuture<Settled> wait;
  private boolean isDropped;

  /// @param chain those that wait for it, each for the next
  Received(Inbox inbox, WaitGraph graph, HandedOver handed, List<Hash> chain) {
    this.inbox = inbox;
    this.graph = graph;
    this.handed = handed;
    this.waits = graph.addChain(chain, handed.transaction());
  }

  HandedOver handed() {
    return handed;
  }

  /// Sets what waits for it here.
  synchronized void attach(CompletableFuture<Settled> begun) {
    wait = begun;
    if (isDropped) {
      drop();
    }
  }

  /// Ends the wait for it: nobody waits for it there.
  synchronized void drop() {
    isDropped = true;
    if (wait != null) {
      wait.completeExceptionally(new Refused("cancelled: nobody waits for it any more"));
    }
  }

  @Override
  public void close() {
    graph.leave(handed.transaction(), waits);
    inbox.remove(this);
  }
}
