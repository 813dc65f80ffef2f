package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.ComputeStatus;
import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.api.ExecuteReply;
import io.kogluktualuk.computenode.api.ExecuteRequest;
import io.kogluktualuk.computenode.api.HealReply;
import io.kogluktualuk.computenode.api.HealRequest;
import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.api.RunRequest;
import io.kogluktualuk.computenode.api.TraceCounts;
import io.kogluktualuk.computenode.runtime.namespace.Source;
import io.kogluktualuk.computenode.runtime.namespace.TreeCache;
import io.kogluktualuk.computenode.runtime.store.CountingBlobs;
import io.kogluktualuk.computenode.runtime.store.Keeper;
import io.kogluktualuk.computenode.runtime.store.LocalBlobs;
import io.kogluktualuk.computenode.runtime.store.LookupBatcher;
import io.kogluktualuk.computenode.runtime.store.Memo;
import io.kogluktualuk.computenode.runtime.store.MemoIndex;
import io.kogluktualuk.computenode.runtime.store.OutcomeCache;
import io.kogluktualuk.computenode.runtime.store.Shelf;
import io.kogluktualuk.computenode.runtime.store.Worth;
import io.kogluktualuk.computenode.vm.run.SharedCode;
import io.kogluktualuk.computenode.vm.run.Vm;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
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

  private static final int WAKE_MAX = 64;
  private static final long TREE_CACHE_BYTES = 64L << 20;

  /// A transaction that three peers could not run is run here.
  private static final int HANDOVERS_MAX = 3;

  private final EngineSettings settings;
  private final MemoIndex index;
  private final OutcomeCache outcomes;
  private final LocalBlobs blobs;
  private final Assurance assurance;
  private final Restorer restorer;
  private final LookupBatcher lookups;
  private final TreeCache trees = new TreeCache(TREE_CACHE_BYTES);
  private final Traces traces;
  private final TracePlanting planting;
  private final Programs programs;
  private final RunCosts costs = new RunCosts();
  private final WaitGraph waits = new WaitGraph();
  private final Slots slots;
  private final Peers peers;
  private final Runs runs;
  private final Map<Leg, Flight> flights = new ConcurrentHashMap<>();
  private final Queue<Flight> dormant = new PriorityBlockingQueue<>(64, Flight.DEEPEST_FIRST);
  private final AtomicLong numbers = new AtomicLong();
  private final LongAdder ran = new LongAdder();
  private final LongAdder hits = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private volatile boolean isClosed;

  /// Flights for one key differ in what they believe.
  ///
  /// @param alone the run that takes no other's flight for its own; null when any may join
  private record Leg(Hash key, Recall recall, @Nullable Run alone) {}

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
    this.outcomes = new OutcomeCache(settings.outcomesMax());
    this.blobs =
        new LocalBlobs(
            settings.name(), fabric, index, outcomes, settings.cacheBytes(), this::recorded);
    KnownTraces known = new KnownTraces(index, outcomes, blobs);
    this.traces = new Traces(this, known);
    this.planting = new TracePlanting(index, known);
    this.assurance = new Assurance(blobs, keeper, System::nanoTime);
    this.restorer = new Restorer(assurance, blobs, index);
    this.lookups = new LookupBatcher(index);
    this.programs = new Programs(vm, others);
    this.peers = peers;
    this.slots = new Slots(settings.slots(), peers, this::wakeSome);
    this.runs = new Runs(blobs);
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
      Progress progress = runs.gather(run);
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
  /// @throws Unavailable when no slot is free
  public ExecuteReply execute(ExecuteRequest request) {
    if (slots.running() >= slots.slots() || slots.queued() > 0) {
      throw new Unavailable(settings.name() + " has no free slot");
    }
    Run run = runs.open(request.run(), request.remaining());
    waits.addChain(request.chain(), request.transaction());
    try {
      Transaction transaction = load(request.transaction());
      Settled settled =
          await(fly(transaction, run, request.depth(), false, Recall.KNOWN).begin(), run);
      blobs.await(run.publisherMark(), run.deadline());
      return new ExecuteReply(settled.known(), settled.disposition(), List.copyOf(settled.cycle()));
    } finally {
      waits.removeChain(request.chain(), request.transaction());
    }
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
        ran.sum(),
        hits.sum(),
        failures.sum(),
        blobs.cachedBytes(),
        blobs.cachedBytesMax(),
        blobs.unpublished());
  }

  private Transaction load(Hash key) {
    return Transaction.decode(key.toHex(), blobs.get(key).toArray());
  }

  /// Waits for the top of a run; lets go of it in the end.
  private Settled await(Pending top, Run run) {
    CompletableFuture<Settled> wait = top.settled().copy();
    run.addWait(wait);
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
    Settled settled = await(fly(transaction, run, 0, true, recall).begin(), run);
    blobs.await(run.publisherMark(), run.deadline());
    return settled;
  }

  /// A transaction in the making, held once for the caller. It begins when there is room for it,
  /// or when someone waits for it.
  ///
  /// @param recall how far a known outcome is believed
  Flight fly(Transaction transaction, Run run, int depth, Recall recall) {
    Flight flight = fly(transaction, run, depth, true, recall);
    if (flight.isDormant()) {
      if (slots.hasRoom()) {
        flight.begin();
      } else {
        dormant.add(flight);
      }
    }
    return flight;
  }

  /// There is room: begins some of those that wait for it, enough for a batch of lookups.
  private void wakeSome() {
    for (int i = 0; i < WAKE_MAX; i++) {
      Flight next = dormant.poll();
      if (next == null) {
        return;
      }
      next.begin();
    }
  }

  private Flight fly(Transaction transaction, Run run, int depth, boolean mayLeave, Recall recall) {
    Blob encoding = transaction.encode();
    run.started.increment();
    Flight fresh = new Flight(this, encoding, transaction, run, depth, mayLeave, recall);
    fresh.hold();
    Outcome known = recall == Recall.KNOWN ? outcomes.get(encoding.hash()) : null;
    if (known != null) {
      fresh.settle(hit(fresh, known));
    } else if (depth > ExecuteRequest.DEPTH_MAX) {
      fresh.fail(
          new Refused(
              "transactions are nested deeper than "
                  + ExecuteRequest.DEPTH_MAX
                  + ": the last is "
                  + String.join(" ", transaction.argv())));
    } else if (isClosed) {
      fresh.fail(new AlreadyClosed("compute node " + settings.name() + " is closed"));
    } else {
      return join(fresh);
    }
    return fresh;
  }

  private Flight join(Flight fresh) {
    Leg leg = legOf(fresh);
    while (true) {
      Flight other = flights.putIfAbsent(leg, fresh);
      if (other == null) {
        return fresh;
      }
      if (other.hold()) {
        return other;
      }
      flights.remove(leg, other);
    }
  }

  private static Leg legOf(Flight flight) {
    Recall recall = flight.recall();
    return new Leg(flight.key(), recall, recall == Recall.AFRESH ? flight.owner() : null);
  }

  /// A narrowed thunk whose inputs must be computed first, held once for the caller.
  Pending bind(Run run, Evaluation parent, List<String> argv, List<Source.Input> inputs) {
    Binding binding = new Binding(this, run, parent, argv, inputs);
    binding.hold();
    Thread.ofVirtual().name("binding-", 0).start(binding::run);
    return binding;
  }

  /// Numbers flights in the order of their making.
  long nextNumber() {
    return numbers.getAndIncrement();
  }

  void landed(Flight flight) {
    flights.remove(legOf(flight), flight);
  }

  private void recorded(List<Memo> memos) {
    planting.plant(memos);
  }

  /// On the flight's thread.
  Settled compute(Flight flight) {
    Outcome known = recall(flight);
    if (known != null) {
      outcomes.add(flight.key(), known);
      return hit(flight, known);
    }
    return isFollowed(flight) ? follow(flight) : run(flight);
  }

  /// Whether the traces of other transactions may tell the outcome of this one: not when it is to
  /// be run in any case, nor when running it takes no longer than looking.
  boolean isFollowed(Flight flight) {
    return flight.recall() == Recall.KNOWN
        && !flight.owner().isLost(flight.key())
        && !isQuickerToRun(flight);
  }

  private Settled follow(Flight flight) {
    Evaluation following =
        new Evaluation(
            this,
            flight,
            flight.owner(),
            flight.transaction().limits(),
            flight.depth(),
            null,
            flight.recall().below());
    flight.attach(following);
    try {
      Outcome found = traces.follow(flight, following);
      return found != null ? hit(flight, found) : run(flight);
    } finally {
      following.release();
    }
  }

  private Settled run(Flight flight) {
    int handovers = 0;
    while (true) {
      switch (permit(flight, handovers < HANDOVERS_MAX)) {
        case Slots.Local _ -> {
          return runHere(flight);
        }
        case Slots.Remote(Peer peer) -> {
          handovers++;
          Settled settled = runAt(peer, flight);
          if (settled != null) {
            return settled;
          }
        }
      }
    }
  }

  private @Nullable Outcome recall(Flight flight) {
    switch (flight.recall()) {
      case NEVER -> {
        return null;
      }
      case AFRESH -> {
        return flight.owner().foundAfresh(flight.key());
      }
      case KNOWN, WHOLE -> {}
    }
    Outcome known = outcomes.get(flight.key());
    if (known == null && !isQuickerToRun(flight)) {
      known = lookups.lookup(flight.key());
    }
    boolean isBelieved =
        flight.recall() == Recall.KNOWN
            || known != null && assurance.absent(flight.key(), known).isEmpty();
    return isBelieved ? known : null;
  }

  /// What a client asks for is always looked up: it wants to know whether it was known.
  private boolean isQuickerToRun(Flight flight) {
    return flight.depth() > 0 && costs.isQuicker(flight.transaction(), lookups.latencyNanos());
  }

  private Slots.Permit permit(Flight flight, boolean mayLeave) {
    if (slots.tryTakeLocal()) {
      return new Slots.Local();
    }
    Run run = flight.owner();
    run.queued.increment();
    try {
      Slots.Ticket ticket = slots.ticket(flight.depth(), mayLeave && flight.mayLeave());
      flight.attach(ticket);
      return slots.await(ticket);
    } finally {
      run.queued.decrement();
    }
  }

  private Settled runHere(Flight flight) {
    SlotHolder slot = new SlotHolder(slots, flight);
    try {
      return new GuestRun(this, flight, slot).run();
    } finally {
      slot.release();
    }
  }

  /// Hands a transaction over.
  ///
  /// @return null when the peer could not take it
  private @Nullable Settled runAt(Peer peer, Flight flight) {
    Run run = flight.owner();
    boolean hadRoom = false;
    try {
      blobs.put(List.of(flight.encoding()), Worth.RECIPE);
      Deadline deadline = run.deadline();
      // The peer fetches the transaction and its namespace from where they are stored.
      blobs.await(run.publisherMark(), deadline);
      run.peers().add(peer);
      List<Hash> chain = waits.chainTo(flight, ExecuteRequest.DEPTH_MAX);
      ExecuteReply reply =
          peer.execute(
              new ExecuteRequest(
                  flight.key(), run.id(), flight.depth(), chain, deadline.remaining()),
              deadline);
      hadRoom = true;
      run.handedOver.increment();
      if (reply.cycle().isEmpty()) {
        outcomes.add(flight.key(), reply.outcome());
      }
      return Settled.of(flight, reply.outcome(), reply.disposition(), Set.copyOf(reply.cycle()));
    } catch (Unavailable | AlreadyClosed | NotFound e) {
      return null; // NotFound: what it needs of us is lost where it looks, and we have it
    } finally {
      peers.release(peer, hadRoom);
    }
  }

  private Settled hit(Flight flight, Outcome known) {
    hits.increment();
    flight.owner().count(flight.key(), flight.transaction(), known, Disposition.HIT);
    return Settled.of(flight, known, Disposition.HIT, Set.of());
  }

  /// Counts an outcome that came of running.
  void count(Flight flight, Outcome outcome) {
    if (flight.recall() == Recall.AFRESH) {
      flight.owner().ranAfresh(flight.key(), outcome);
    }
    ran.increment();
    if (!outcome.ending().isSuccess()) {
      failures.increment();
    }
    flight.owner().fuelUsed.add(outcome.fuelUsed());
    flight.owner().count(flight.key(), flight.transaction(), outcome, Disposition.RUN);
  }

  /// Cancels what runs, stores what is done.
  @Override
  public void close() {
    isClosed = true;
    runs.cancelAll();
    lookups.close();
    blobs.close();
  }
}
