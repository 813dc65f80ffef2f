package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.WaitNews;
import io.kogluktualuk.computenode.api.WaitNews.Wait;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Tells one peer, from time to time, who waits here for what it has of one run: a circle that
/// goes through both nodes is not seen otherwise when its members began to wait after the handing
/// over.
///
/// What has been told is not told again, until the peer has answered one: it may have forgotten
/// then.
///
/// **Threading:** any thread; telling, on one of its own, while the peer has something.
/// **Bound:** [#WAITS_MAX] waits; beyond it, what the peer has fails with [Refused], since a
/// circle could not be told from a long wait any more.
final class News {

  /// In some 100 messages; each takes about 200 bytes on either node.
  static final int WAITS_MAX = 1 << 16;

  /// Most of what is handed over is done by then.
  private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final long PAUSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final Peer peer;
  private final RunId run;
  private final WaitGraph graph;
  private final Consumer<Set<Hash>> store;
  private final Set<Subject> open = new HashSet<>();
  private final Set<Wait> told = new HashSet<>();
  private long pauseNanos = FIRST_NANOS;
  private boolean isTelling;

  /// What the peer has.
  interface Subject {
    Hash key();

    /// Ends it: who waits for it cannot be told any more.
    void giveUp(FabricException reason);
  }

  /// @param store sees to it that these transactions can be read by the peer, for its diagnostics
  News(Peer peer, RunId run, WaitGraph graph, Consumer<Set<Hash>> store) {
    this.peer = peer;
    this.run = run;
    this.graph = graph;
    this.store = store;
  }

  static String tooMany(RunId run) {
    return "more than "
        + WAITS_MAX
        + " transactions of run "
        + run
        + " wait for each other on ways through several nodes: a circle among them would not be seen";
  }

  /// The peer has one more.
  synchronized void add(Subject handed) {
    open.add(handed);
    pauseNanos = FIRST_NANOS;
    if (!isTelling) {
      isTelling = true;
      Thread.ofVirtual().name("wait-news-", 0).start(this::tellOnAndOn);
    }
  }

  /// The peer has answered.
  ///
  /// @return whether it has nothing more
  synchronized boolean remove(Subject handed) {
    open.remove(handed);
    told.clear();
    if (open.isEmpty()) {
      notifyAll();
    }
    return open.isEmpty();
  }

  private void tellOnAndOn() {
    try {
      while (pause()) {
        tell();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// @return false when the peer has nothing any more
  private synchronized boolean pause() throws InterruptedException {
    long end = System.nanoTime() + pauseNanos;
    pauseNanos = Math.min(2 * pauseNanos, PAUSE_NANOS_MAX);
    for (long left = end - System.nanoTime(); left > 0 && !open.isEmpty(); ) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
    isTelling = !open.isEmpty();
    return isTelling;
  }

  private void tell() {
    try {
      List<Wait> fresh = fresh();
      for (int from = 0; from < fresh.size(); from += WaitNews.WAITS_MAX) {
        tell(fresh.subList(from, Math.min(fresh.size(), from + WaitNews.WAITS_MAX)));
      }
    } catch (Refused e) {
      openNow().forEach(handed -> handed.giveUp(e));
    } catch (FabricException _) {
      // The next time it is told the same, and more.
    }
  }

  private List<Wait> fresh() {
    Set<Hash> keys = new LinkedHashSet<>();
    openNow().forEach(handed -> keys.add(handed.key()));
    Set<Wait> found = graph.waitsFor(keys);
    if (found.size() > WAITS_MAX) {
      throw new Refused(tooMany(run));
    }
    synchronized (this) {
      found.removeAll(told);
    }
    return new ArrayList<>(found);
  }

  private void tell(List<Wait> waits) {
    Set<Hash> waiting = new LinkedHashSet<>();
    waits.forEach(wait -> waiting.add(wait.waiting()));
    store.accept(waiting);
    // Before it is told: when the peer answers one meanwhile, all is told again.
    synchronized (this) {
      told.addAll(waits);
    }
    try {
      peer.tell(new WaitNews(run, waits));
    } catch (FabricException e) {
      synchronized (this) {
        waits.forEach(told::remove);
      }
      throw e;
    }
  }

  private synchronized List<Subject> openNow() {
    return List.copyOf(open);
  }
}
