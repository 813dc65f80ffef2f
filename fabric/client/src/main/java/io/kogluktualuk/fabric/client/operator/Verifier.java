package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.fabric.client.RunListener;
import io.kogluktualuk.fabric.client.RunResult;
import io.kogluktualuk.fabric.client.Session;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Has a transaction run on other nodes than the one that found out its outcome.
///
/// **Threading:** any thread.
final class Verifier {

  private final Session session;

  Verifier(Session session) {
    this.session = session;
  }

  /// See [Operator#verify].
  Verification verify(Hash key, int others, Duration timeout, RunListener listener) {
    RunResult first = session.run(key, timeout, listener);
    String producer = session.control().explain(key).memo().producer();
    List<RunResult> again = new ArrayList<>();
    for (Member node : others(producer, others)) {
      try {
        again.add(session.runAfresh(key, node, timeout, listener));
      } catch (Conflict e) {
        throw new Conflict(
            "compute node " + node.info().name() + " disagrees: " + e.getMessage(), e);
      }
    }
    return new Verification(first, producer, again);
  }

  private List<Member> others(String producer, int count) {
    List<Member> others =
        session.computeNodes().stream()
            .filter(node -> !node.info().name().equals(producer))
            .toList();
    if (others.size() < count) {
      throw new Unavailable(
          "verification by "
              + count
              + " other compute nodes: there are "
              + others.size()
              + " besides "
              + producer
              + ", which found the outcome");
    }
    return others.subList(0, count);
  }
}
