package io.kogluktualuk.fabric.client;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.Member;
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

  private final ControlClient control;
  private final Membership membership;
  private final Runs runs;

  Verifier(ControlClient control, Membership membership, Runs runs) {
    this.control = control;
    this.membership = membership;
    this.runs = runs;
  }

  /// See [Fabric#verify].
  Verification verify(Hash key, int others, Duration timeout, RunListener listener) {
    RunResult first = runs.run(key, timeout, listener);
    String producer = control.explain(key).memo().producer();
    List<RunResult> again = new ArrayList<>();
    for (Member node : others(producer, others)) {
      try {
        again.add(runs.runAfresh(key, node, timeout, listener));
      } catch (Conflict e) {
        throw new Conflict(
            "compute node " + node.info().name() + " disagrees: " + e.getMessage(), e);
      }
    }
    return new Verification(first, producer, again);
  }

  private List<Member> others(String producer, int count) {
    List<Member> others =
        membership.computeNodes().stream()
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
