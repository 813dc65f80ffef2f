package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.runtime.store.LocalBlobs;
import io.kogluktualuk.fabric.fault.FabricException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The runs this node has had a share in lately.
///
/// **Threading:** any thread. **Bound:** [#RUNS_MAX], beyond which those that have ended longest
/// ago are forgotten.
final class Runs {

  private static final int RUNS_MAX = 1_000;

  private final LocalBlobs blobs;
  private final Map<RunId, Run> runs = new LinkedHashMap<>();

  Runs(LocalBlobs blobs) {
    this.blobs = blobs;
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

  /// A run's progress here and at the peers it was handed to; a peer that does not answer is left
  /// out.
  Progress gather(Run run) {
    Progress sum = run.progress();
    for (Peer peer : run.peers()) {
      try {
        sum = sum.plus(peer.progress(run.id()));
      } catch (FabricException _) {
        // Its share is missing from what is shown, and from nothing else.
      }
    }
    return sum;
  }

  boolean cancel(Run run) {
    boolean wasRunning = run.cancel();
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
