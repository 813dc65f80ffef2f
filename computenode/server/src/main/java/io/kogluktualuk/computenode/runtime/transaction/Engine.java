package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.ComputeStatus;
import io.kogluktualuk.computenode.api.ExecuteReply;
import io.kogluktualuk.computenode.api.ExecuteRequest;
import io.kogluktualuk.computenode.api.HandedOver;
import io.kogluktualuk.computenode.api.HealReply;
import io.kogluktualuk.computenode.api.HealRequest;
import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.api.RunRequest;
import io.kogluktualuk.computenode.api.TraceCounts;
import io.kogluktualuk.computenode.api.WaitNews;
import io.kogluktualuk.computenode.runtime.namespace.TreeCache;
import io.kogluktualuk.computenode.runtime.store.CountingBlobs;
import io.kogluktualuk.computenode.runtime.store.Keeper;
import io.kogluktualuk.computenode.runtime.store.LocalBlobs;
import io.kogluktualuk.computenode.runtime.store.LookupBatcher;
import io.kogluktualuk.computenode.runtime.store.Memo;
import io.kogluktualuk.computenode.runtime.store.MemoIndex;
import io.kogluktualuk.computenode.runtime.store.Recent;
import io.kogluktualuk.computenode.runtime.store.Shelf;
import io.kogluktualuk.computenode.vm.run.SharedCode;
import io.kogluktualuk.computenode.vm.run.Vm;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Gives transactions their outcomes: known ones at once, others by running them here or at a
/// peer.
///
/// A transaction in the making is a [Flight], one for each key. What it reads may be further
/// transactions, and those [Evaluation]s wait for; see [WaitGraph] for circles, [Slots] for who
/// runs when. Outcomes go into the cache at once, and behind the computation's back into the
/// stores; who stands outside is answered when that is done.
///
/// **Threading:** safe for any number of threads; [#run] and [#execute] block. **Bound:**
/// [ExecuteRequest#DEPTH_MAX] nested transactions, [Slots#QUEUE_MAX] in the queue.
public final class Engine implements AutoCloseable {

  private static final long TREE_CACHE_BYTES = 64L << 20;

  private final EngineSettings settings;
  private final MemoIndex index;
  private final Recent<Outcome> outcomes;
  private final LocalBlobs blobs;
  private final Assurance assurance;
  private final Restorer restorer;
  private final LookupBatcher lookups;
  private final TreeCache trees = new TreeCache(TREE_CACHE_BYTES);
  private final Namespaces namespaces = new Namespaces();
  private final StandingThunks thunks = new StandingThunks();
  private final Traces traces;
  private final TracePlanting planting;
  private final Programs programs;
  private final RunCosts costs = new RunCosts();
  private final WaitGraph waits = new WaitGraph();
  private final Inbox inbox = new Inbox(waits);
  private final Slots slots;
  private final Runs runs;
  private final Flights flights = new Flights(this);
  private final Bindings bindings = new Bindings();
  private final Handover handover;
  private final Dispatcher dispatcher;
  private final CircleText circles;
  private final LongAdder copiedToPrograms = new LongAdder();

  /// @param vm lent
  /// @param others who compile as well; lent
  public Engine(
      EngineSettings settings,
      Shelf fabric,
      Keeper keeper,
      MemoIndex index,
      Peers peers,
      Vm vm,
      SharedCode others) {
    this.settings = settings;
    this.index = index;
    this.outcomes = new Recent<>(settings.outcomesMax());
    this.blobs =
        new LocalBlobs(
            settings.name(), fabric, index, outcomes, settings.cacheBytes(), this::recorded);
    this.circles = new CircleText(flights, bindings, blobs);
    KnownTraces known = new KnownTraces(index, outcomes, blobs, System::nanoTime);
    this.traces = new Traces(this, known);
    this.planting = new TracePlanting(index, known);
    this.assurance = new Assurance(blobs, keeper, System::nanoTime);
    this.restorer = new Restorer(assurance, blobs, index);
    this.lookups = new LookupBatcher(index);
    this.programs = new Programs(vm, others);
    this.slots = new Slots(settings.slots(), peers, flights::wakeSome);
    this.handover = new Handover(blobs, waits, outcomes, peers, flights);
    this.dispatcher =
        new Dispatcher(
            this, settings.trivialMax(), outcomes, lookups, traces, slots, handover, assurance);
    this.runs = new Runs(blobs, peers);
  }

  /// The fabric's blobs as this node sees them.
  public LocalBlobs blobs() {
    return blobs;
  }

  /// @param recall of what is read and written by it: blobs of what is run again are stored again
  Shelf blobsOf(Run run, Recall recall) {
    return new CountingBlobs(
        blobs, run.bytesRead, run.bytesWritten, recall != Recall.KNOWN, System::nanoTime);
  }

  MemoIndex index() {
    return index;
  }

  TreeCache trees() {
    return trees;
  }

  Programs programs() {
    return programs;
  }

  RunCosts costs() {
    return costs;
  }

  WaitGraph waits() {
    return waits;
  }

  Namespaces namespaces() {
    return namespaces;
  }

  StandingThunks thunks() {
    return thunks;
  }

  Flights flights() {
    return flights;
  }

  Bindings bindings() {
    return bindings;
  }

  CircleText circles() {
    return circles;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  /// The outcome of a transaction if this node has met it: the shortest way, without a run.
  public @Nullable Outcome recall(Transaction transaction) {
    return outcomes.get(transaction.key());
  }

  /// Answers a client.
  public RunReport run(RunRequest request) {
    Run run = runs.open(request.run(), request.timeout());
    try {
      Transaction transaction = load(request.transaction());
      Recall recall = request.afresh() ? Recall.AFRESH : Recall.KNOWN;
      Settled settled =
          restorer.whole(
              transaction, fly(transaction, run, recall), again -> fly(again, run, Recall.NEVER));
      run.finish();
      Progress progress = runs.gatherAtEnd(run);
      return new RunReport(
          request.transaction(),
          settled.known(),
          settled.disposition(),
          progress.counters(),
          progress.disposed());
    } finally {
      run.finish();
    }
  }

  /// Answers a peer that hands a transaction over.
  ///
  /// @throws Unavailable when no slot is free, or the same was handed to a peer already
  public ExecuteReply execute(ExecuteRequest request) {
    if (slots.running() >= slots.slots() || slots.queued() > 0) {
      throw new Unavailable(settings.name() + " has no free slot");
    }
    Run run = runs.open(request.run(), request.remaining());
    try (Received here = inbox.receive(request)) {
      Transaction transaction = load(request.transaction());
      Flight flight = flights.fly(transaction, run, request.depth(), false, Recall.KNOWN);
      if (!flight.stay()) {
        flight.release();
        // Else each of two nodes might wait for the other to run the same.
        throw new Unavailable(settings.name() + " has handed " + request.transaction() + " on");
      }
      flight.begin();
      Settled settled = await(flight, run, here::attach);
      Outcome outcome = settled.known();
      List<Hash> cycle = settled.cycle();
      Ref longCycle = LongCycle.store(cycle, blobs);
      handover.store(cycle, run);
      return new ExecuteReply(
          outcome, settled.disposition(), longCycle == null ? cycle : List.of(), longCycle);
    }
  }

  /// Hears who waits for a transaction that was received, at the node that it came from.
  public void learn(WaitNews news) {
    inbox.learn(news);
  }

  /// Hears that nobody waits any more, at the node that it came from, for a transaction that was
  /// received.
  public void drop(HandedOver handed) {
    inbox.drop(handed);
  }

  /// This node's share of a run that has ended elsewhere.
  public Progress share(RunId id) {
    Run run = runs.find(id);
    if (run == null) {
      return Progress.UNKNOWN;
    }
    run.awaitEnds();
    return run.progress();
  }

  /// Brings back what is lost of a value.
  public HealReply heal(HealRequest request) {
    Run run = runs.open(request.run(), request.timeout());
    try {
      restorer.heal(request.value(), again -> fly(again, run, Recall.NEVER));
      return new HealReply(run.progress().counters().run());
    } finally {
      run.finish();
    }
  }

  /// How far a run has come.
  ///
  /// @param alone true for this node's share only
  public Progress progress(RunId id, boolean alone) {
    Run run = runs.find(id);
    if (run == null) {
      return Progress.UNKNOWN;
    }
    return alone ? run.progress() : runs.gather(run);
  }

  /// Ends a run, here and where it was handed to.
  ///
  /// @return whether there was one to end
  public boolean cancel(RunId id) {
    Run run = runs.find(id);
    return run != null && runs.cancel(run);
  }

  /// Bytes of files that were copied into the memory of programs that have ended.
  public long copiedToPrograms() {
    return copiedToPrograms.sum();
  }

  void copied(long bytes) {
    copiedToPrograms.add(bytes);
  }

  /// Of how much use the traces of earlier runs were.
  public TraceCounts traceCounts() {
    return traces.counts();
  }

  public ComputeStatus status() {
    return new ComputeStatus(
        settings.name(),
        slots.slots(),
        slots.running(),
        slots.queued(),
        runs.waiting(),
        runs.active(),
        dispatcher.ran(),
        dispatcher.hits(),
        dispatcher.failures(),
        blobs.cachedBytes(),
        blobs.cachedBytesMax(),
        blobs.unpublished());
  }

  private Transaction load(Hash key) {
    return Transaction.decode(key.toHex(), blobs.get(key).toArray());
  }

  /// Waits for the top of a run; lets go of it in the end.
  ///
  /// @param begun gets the wait, which can be ended
  private Settled await(Pending top, Run run, Consumer<CompletableFuture<Settled>> begun) {
    CompletableFuture<Settled> wait = top.settled().copy();
    run.addWait(wait);
    begun.accept(wait);
    try {
      return wait.get(run.deadline().remainingNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      runs.cancel(run);
      throw new DeadlineExceeded("run " + run.id() + " did not end within its time", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FabricException reason) {
        throw FabricException.ofTag(reason.tag(), String.valueOf(reason.getMessage()));
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while waiting for run " + run.id(), e);
    } finally {
      run.removeWait(wait);
      top.release();
    }
  }

  /// The outcome of a run's transaction, stored.
  private Settled fly(Transaction transaction, Run run, Recall recall) {
    Settled settled = await(flights.fly(transaction, run, 0, true, recall).begin(), run, _ -> {});
    settled.publish();
    blobs.await(run.publisherMark(), run.deadline());
    return settled;
  }

  private void recorded(List<Memo> memos) {
    planting.plant(memos);
  }

  /// Cancels what runs, stores what is done.
  @Override
  public void close() {
    flights.close();
    runs.cancelAll();
    lookups.close();
    blobs.close();
  }
}
