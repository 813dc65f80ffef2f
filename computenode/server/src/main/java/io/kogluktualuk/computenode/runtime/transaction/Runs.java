package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.runtime.store.LocalBlobs;
import io.kogluktualuk.fabric.fault.FabricException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The runs this node has had a share in lately.
///
/// **Threading:** any thread. **Bound:** [#RUNS_MAX], beyond which those that have ended longest
/// ago are forgotten.
final class Runs {

  private static final int RUNS_MAX = 1_000;

  /// A node that has ended its share may get something from another that has not, and so on.
  private static final int ROUNDS_MAX = 3;

  private final LocalBlobs blobs;
  private final Peers others;
  private final Map<RunId, Run> runs = new LinkedHashMap<>();

  Runs(LocalBlobs blobs, Peers others) {
    this.blobs = blobs;
    this.others = others;
  }

  /// The run of that id, begun now or before.
  synchronized Run open(RunId id, Duration timeout) {
    Run run = runs.get(id);
    if (run == null) {
      run = new Run(id, blobs.mark(), timeout);
      runs.put(id, run);
      forgetOne();
    } else {
      run.extend(timeout);
    }
    return run;
  }

  private void forgetOne() {
    Iterator<Run> eldest = runs.values().iterator();
    while (runs.size() > RUNS_MAX && eldest.hasNext()) {
      if (eldest.next().isIdle()) {
        eldest.remove();
      }
    }
  }

  synchronized @Nullable Run find(RunId id) {
    return runs.get(id);
  }

  private synchronized List<Run> all() {
    return List.copyOf(runs.values());
  }

  long active() {
    return all().stream().filter(run -> !run.isIdle()).count();
  }

  long waiting() {
    return all().stream().mapToLong(run -> run.progress().counters().waiting()).sum();
  }

  /// A run's progress here and at the peers that it was handed to; a peer that does not answer is
  /// left out.
  Progress gather(Run run) {
    return run.progress().plus(shares(run, peer -> peer.progress(run.id())));
  }

  /// The progress of a run that has ended: what has no reader any more is let end first, so that
  /// it is counted.
  Progress gatherAtEnd(Run run) {
    run.awaitEnds();
    Progress shares = shares(run, peer -> peer.share(run.id()));
    for (int round = 1; round < ROUNDS_MAX && run.awaitEnds(); round++) {
      shares = shares(run, peer -> peer.share(run.id()));
    }
    return run.progress().plus(shares);
  }

  /// A peer may have handed on what it got from here, so all are asked once there is one.
  private Progress shares(Run run, Function<Peer, Progress> ask) {
    Progress sum = Progress.UNKNOWN;
    Set<Peer> asked = new LinkedHashSet<>(run.peers());
    if (!asked.isEmpty()) {
      asked.addAll(others.all());
    }
    for (Peer peer : asked) {
      try {
        sum = sum.plus(ask.apply(peer));
      } catch (FabricException _) {
        // Its share is missing from what is shown, and from nothing else.
      }
    }
    return sum;
  }

  /// Cancels a run, and tells those that have taken part, once: they tell each other.
  boolean cancel(Run run) {
    boolean isNew = !run.isCancelled();
    boolean wasRunning = run.cancel();
    if (!isNew) {
      return wasRunning;
    }
    for (Peer peer : run.peers()) {
      Thread.ofVirtual().name("cancel-", 0).start(() -> cancelAt(peer, run.id()));
    }
    return wasRunning;
  }

  private static void cancelAt(Peer peer, RunId id) {
    try {
      peer.cancel(id);
    } catch (FabricException _) {
      // It will find out by the deadline that it was given.
    }
  }

  void cancelAll() {
    all().forEach(Run::cancel);
  }
}
