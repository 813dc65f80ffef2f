package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.ExecuteReply;
import io.kogluktualuk.computenode.api.HandedOver;
import io.kogluktualuk.computenode.api.WaitNews.Wait;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A transaction that another node has handed to this one, and who waits for it there.
///
/// **Threading:** any thread. **Ownership:** whoever makes it closes it.
final class Received implements AutoCloseable {

  private final Inbox inbox;
  private final WaitGraph graph;
  private final HandedOver handed;
  private List<Wait> waits;
  private @Nullable CompletableFuture<Settled> wait;
  private boolean isDropped;
  private boolean isClosed;

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

  /// A circle as it can be told: those that wait there must find themselves in it.
  ///
  /// @return all of it, if that is not too much; else only them
  synchronized List<Hash> known(List<Hash> circle) {
    if (circle.size() <= ExecuteReply.CYCLE_MAX) {
      return circle;
    }
    Set<Hash> there = new LinkedHashSet<>(List.of(handed.transaction()));
    waits.forEach(wait -> there.add(wait.waiting()));
    there.retainAll(circle);
    return there.stream().limit(ExecuteReply.CYCLE_MAX).toList();
  }

  /// Replaces what is known of who waits for it.
  synchronized void learn(List<Wait> news) {
    if (!isClosed) {
      graph.removeAll(waits);
      waits = news;
      graph.learn(handed.transaction(), news);
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    graph.removeAll(waits);
    inbox.remove(this);
  }
}
