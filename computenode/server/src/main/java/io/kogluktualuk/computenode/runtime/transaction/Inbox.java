package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.ExecuteRequest;
import io.kogluktualuk.computenode.api.HandedOver;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.WaitNews;
import io.kogluktualuk.computenode.api.WaitNews.Wait;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The transactions that other nodes have handed to this one and that it has yet to answer, and
/// what is known of who waits for them there.
///
/// **Threading:** any thread. **Bound:** calls that are being answered; [News#WAITS_MAX] waits for
/// each run, beyond which news are [Refused].
final class Inbox {

  private final WaitGraph graph;
  private final Map<RunId, Share> shares = new HashMap<>();

  /// What has come of one run. Several nodes may hand over the same.
  private record Share(List<Received> received, Set<Wait> waits) {}

  Inbox(WaitGraph graph) {
    this.graph = graph;
  }

  /// A transaction that has come; whoever gets it closes it.
  Received receive(ExecuteRequest request) {
    HandedOver handed = new HandedOver(request.run(), request.transaction());
    Received here = new Received(this, graph, handed, request.chain());
    synchronized (this) {
      shares
          .computeIfAbsent(request.run(), _ -> new Share(new ArrayList<>(), new LinkedHashSet<>()))
          .received
          .add(here);
    }
    return here;
  }

  synchronized void remove(Received here) {
    RunId run = here.handed().run();
    Share share = shares.get(run);
    if (share != null && share.received.remove(here) && share.received.isEmpty()) {
      shares.remove(run);
      graph.forget(share.waits);
    }
  }

  /// Hears who waits for what has come of a run. Those here on a circle with it are told.
  void learn(WaitNews news) {
    for (Hash transaction : add(news)) {
      graph.tellCircle(transaction);
    }
  }

  private synchronized Set<Hash> add(WaitNews news) {
    Share share = shares.get(news.run());
    if (share == null) {
      return Set.of();
    }
    List<Wait> fresh = news.waits().stream().filter(wait -> !share.waits.contains(wait)).toList();
    if (share.waits.size() + fresh.size() > News.WAITS_MAX) {
      throw new Refused(News.tooMany(news.run()));
    }
    share.waits.addAll(fresh);
    graph.learn(fresh);
    Set<Hash> received = new LinkedHashSet<>();
    share.received.forEach(each -> received.add(each.handed().transaction()));
    return received;
  }

  /// Gives one up. If several nodes have handed it over it is not known which of them does no
  /// longer want it, and it goes on.
  void drop(HandedOver handed) {
    Received here = only(handed);
    if (here != null) {
      here.drop();
    }
  }

  private synchronized @Nullable Received only(HandedOver handed) {
    Share share = shares.get(handed.run());
    List<Received> same =
        share == null
            ? List.of()
            : share.received.stream().filter(each -> each.handed().equals(handed)).toList();
    return same.size() == 1 ? same.getFirst() : null;
  }
}
