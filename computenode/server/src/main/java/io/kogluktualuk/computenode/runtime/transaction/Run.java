package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.Disposed;
import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.RunCounters;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// This node's share of one top-level run: what is counted, shown and cancelled together.
///
/// **Threading:** any thread. **Bound:** [Progress#DISPOSED_MAX] dispositions are kept; an
/// outcome for each transaction that is run afresh, and for [#CIRCLES_MAX] on circles.
public final class Run {

  private static final int CIRCLES_MAX = 65_536;

  /// What has been told to stop does so at its next branch; what is on a circle once the news have
  /// gone around.
  private static final Duration ENDING_MAX = Duration.ofSeconds(1);

  final LongAdder started = new LongAdder();
  final LongAdder ran = new LongAdder();
  final LongAdder hits = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder running = new LongAdder();
  final LongAdder waiting = new LongAdder();
  final LongAdder queued = new LongAdder();
  final LongAdder handedOver = new LongAdder();
  final LongAdder bytesRead = new LongAdder();
  final LongAdder bytesWritten = new LongAdder();
  final LongAdder fuelUsed = new LongAdder();

  private final RunId id;
  private final long publisherMark;
  private final Set<Flight> programs = ConcurrentHashMap.newKeySet();
  private final Set<Peer> peers = ConcurrentHashMap.newKeySet();
  private final Set<CompletableFuture<?>> ending = ConcurrentHashMap.newKeySet();
  private final List<Disposed> disposed = new ArrayList<>();
  private volatile boolean isRoomForDisposed = true;
  private final Set<CompletableFuture<Settled>> waits = new LinkedHashSet<>();
  private final Set<Hash> lost = ConcurrentHashMap.newKeySet();
  private final Map<Hash, Outcome> afresh = new ConcurrentHashMap<>();
  private final Map<Hash, Settled> circles = new ConcurrentHashMap<>();
  private final Map<Hash, String> names = new ConcurrentHashMap<>();
  private volatile Deadline deadline;
  private volatile boolean isFinished;
  private boolean isCancelled;

  Run(RunId id, long publisherMark, Duration timeout) {
    this.id = id;
    this.publisherMark = publisherMark;
    this.deadline = Deadline.after(timeout);
  }

  RunId id() {
    return id;
  }

  long publisherMark() {
    return publisherMark;
  }

  Deadline deadline() {
    return deadline;
  }

  /// A run that is asked for again lasts as long as the latest request says.
  void extend(Duration timeout) {
    Deadline later = Deadline.after(timeout);
    if (later.remainingNanos() > deadline.remainingNanos()) {
      deadline = later;
    }
    isFinished = false;
  }

  /// A transaction has been run for this run, which does not believe what others have found out.
  void ranAfresh(Hash key, Outcome outcome) {
    afresh.put(key, outcome);
  }

  /// What came of it; null when it has yet to be run.
  @Nullable Outcome foundAfresh(Hash key) {
    return afresh.get(key);
  }

  /// Following a trace has failed for these: they are run, and not followed again. Each failure
  /// would be tried again by all that wait for it, twice each time, otherwise.
  void lost(Collection<Hash> keys) {
    lost.addAll(keys);
  }

  boolean isLost(Hash key) {
    return lost.contains(key);
  }

  /// A transaction has settled. If it has turned out to need its own outcome it is not recorded,
  /// but need not be run again for each one in this run that reads it: circles are read by many,
  /// each other's members among them.
  void settled(Flight flight, Settled settled) {
    settled(flight.key(), flight.recall(), settled);
  }

  /// The same of a transaction or a narrowed thunk.
  void settled(Hash key, Recall recall, Settled settled) {
    boolean isInCircle = !settled.cycle().isEmpty() && !recall.isRestoring();
    if (isInCircle && circles.size() < CIRCLES_MAX) {
      circles.put(key, settled);
    }
  }

  /// Remembers the words for a narrowed thunk on a circle.
  void name(Hash key, String words) {
    if (names.size() < CIRCLES_MAX) {
      names.put(key, words);
    }
  }

  @Nullable String nameOf(Hash key) {
    return names.get(key);
  }

  /// What came of a transaction that needs its own outcome; null when it is not known to.
  @Nullable Settled circle(Hash key) {
    return circles.get(key);
  }

  /// Something goes on though nobody waits for it, and will end by itself or has been told to.
  void letEnd(CompletableFuture<?> end) {
    ending.add(end);
    end.whenComplete((_, _) -> ending.remove(end));
  }

  /// Waits for what is about to end, for a while: until then this node's share is not all counted.
  ///
  /// @return whether there was anything to wait for
  boolean awaitEnds() {
    CompletableFuture<?>[] ends = ending.toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(ends).get(ENDING_MAX.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException _) {
      // How it ended does not matter, nor does the count for whose sake a run would hang.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ends.length > 0;
  }

  Set<Peer> peers() {
    return peers;
  }

  void began(Flight flight) {
    programs.add(flight);
    running.increment();
  }

  void ended(Flight flight) {
    running.decrement();
    programs.remove(flight);
  }

  /// A program begins to wait for a subtransaction.
  void parked(Flight flight) {
    ended(flight);
    waiting.increment();
  }

  /// A program goes on, or is ended.
  void resumed(Flight flight) {
    waiting.decrement();
    began(flight);
  }

  /// Counts an outcome.
  void count(Hash key, Transaction transaction, Ending ending, Disposition disposition) {
    (disposition == Disposition.RUN ? ran : hits).increment();
    if (!ending.isSuccess()) {
      failed.increment();
    }
    if (isRoomForDisposed) {
      synchronized (disposed) {
        if (disposed.size() < Progress.DISPOSED_MAX) {
          disposed.add(new Disposed(key, disposition, ending, words(transaction)));
        }
        isRoomForDisposed = disposed.size() < Progress.DISPOSED_MAX;
      }
    }
  }

  private static String words(Transaction transaction) {
    return Disposed.abridge(String.join(" ", transaction.argv()));
  }

  /// Remembers who waits for the run, to be told when it is cancelled.
  synchronized void addWait(CompletableFuture<Settled> wait) {
    waits.add(wait);
    if (isCancelled) {
      wait.completeExceptionally(cancelled());
    }
  }

  synchronized void removeWait(CompletableFuture<Settled> wait) {
    waits.remove(wait);
  }

  /// Ends all waiting for it, now and from now on.
  ///
  /// @return whether anyone waited
  synchronized boolean cancel() {
    boolean wasRunning = !waits.isEmpty();
    isCancelled = true;
    waits.forEach(wait -> wait.completeExceptionally(cancelled()));
    waits.clear();
    return wasRunning;
  }

  synchronized boolean isCancelled() {
    return isCancelled;
  }

  /// A peer takes part from now on, unless nobody wants the run any more.
  void include(Peer peer) {
    peers.add(peer);
    if (isCancelled()) {
      throw cancelled();
    }
  }

  private Refused cancelled() {
    return new Refused("run " + id + " was cancelled");
  }

  void finish() {
    isFinished = true;
  }

  /// Whether nobody waits for it.
  synchronized boolean isIdle() {
    return waits.isEmpty();
  }

  /// This node's share.
  Progress progress() {
    List<Disposed> soFar;
    synchronized (disposed) {
      soFar = List.copyOf(disposed);
    }
    List<String> words =
        programs.stream()
            .limit(Progress.PROGRAMS_MAX)
            .map(flight -> words(flight.transaction()))
            .sorted()
            .toList();
    return new Progress(true, isFinished, counters(), words, soFar);
  }

  private RunCounters counters() {
    return new RunCounters(
        atLeastZero(started),
        atLeastZero(ran),
        atLeastZero(hits),
        atLeastZero(failed),
        atLeastZero(running),
        atLeastZero(waiting),
        atLeastZero(queued),
        atLeastZero(handedOver),
        atLeastZero(bytesRead),
        atLeastZero(bytesWritten),
        atLeastZero(fuelUsed));
  }

  /// A sum that is read while others add and subtract can be off for a moment.
  private static long atLeastZero(LongAdder adder) {
    return Math.max(0, adder.sum());
  }
}
