package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.ExecuteReply;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.WaitNews.Wait;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A transaction that another node has handed to this one, and who waits for it there.
///
/// **Threading:** any thread. **Ownership:** whoever makes it closes it.
final class Received implements AutoCloseable {

  private final WaitGraph graph;
  private final Key key;
  private List<Wait> waits;
  private boolean isClosed;

  /// @param run the top-level run it is part of
  record Key(RunId run, Hash transaction) {}

  /// @param chain those that wait for it, each for the next
  Received(WaitGraph graph, Key key, List<Hash> chain) {
    this.graph = graph;
    this.key = key;
    this.waits = graph.addChain(chain, key.transaction);
  }

  Key key() {
    return key;
  }

  /// A circle as it can be told: those that wait there must find themselves in it.
  ///
  /// @return all of it, if that is not too much; else only them
  synchronized List<Hash> known(List<Hash> circle) {
    if (circle.size() <= ExecuteReply.CYCLE_MAX) {
      return circle;
    }
    Set<Hash> there = new LinkedHashSet<>(List.of(key.transaction));
    waits.forEach(wait -> there.add(wait.waiting()));
    there.retainAll(circle);
    return there.stream().limit(ExecuteReply.CYCLE_MAX).toList();
  }

  /// Replaces what is known of who waits for it.
  synchronized void learn(List<Wait> news) {
    if (!isClosed) {
      graph.removeAll(waits);
      waits = news;
      graph.learn(key.transaction, news);
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    graph.removeAll(waits);
  }
}
