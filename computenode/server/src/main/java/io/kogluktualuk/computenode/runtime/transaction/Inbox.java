package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.ExecuteRequest;
import io.kogluktualuk.computenode.api.HandedOver;
import io.kogluktualuk.computenode.api.WaitNews;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The transactions that other nodes have handed to this one and that it has yet to answer.
///
/// **Threading:** any thread. **Bound:** calls that are being answered.
final class Inbox {

  private final WaitGraph waits;

  /// Several nodes may hand over the same.
  private final Map<HandedOver, List<Received>> received = new HashMap<>();

  Inbox(WaitGraph waits) {
    this.waits = waits;
  }

  /// A transaction that has come; whoever gets it closes it.
  Received receive(ExecuteRequest request) {
    HandedOver handed = new HandedOver(request.run(), request.transaction());
    Received here = new Received(this, waits, handed, request.chain());
    synchronized (this) {
      received.computeIfAbsent(handed, _ -> new ArrayList<>(1)).add(here);
    }
    return here;
  }

  synchronized void remove(Received here) {
    List<Received> same = received.get(here.handed());
    if (same != null && same.remove(here) && same.isEmpty()) {
      received.remove(here.handed());
    }
  }

  private synchronized List<Received> find(HandedOver handed) {
    return List.copyOf(received.getOrDefault(handed, List.of()));
  }

  /// Hears who waits for one of them.
  void learn(WaitNews news) {
    find(new HandedOver(news.run(), news.transaction())).forEach(here -> here.learn(news.waits()));
  }

  /// Gives one up. If several nodes have handed it over it is not known which of them does no
  /// longer want it, and it goes on.
  void drop(HandedOver handed) {
    List<Received> here = find(handed);
    if (here.size() == 1) {
      here.getFirst().drop();
    }
  }
}
