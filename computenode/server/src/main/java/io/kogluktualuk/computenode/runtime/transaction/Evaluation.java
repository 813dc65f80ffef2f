package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.namespace.Source;
import io.kogluktualuk.computenode.runtime.namespace.Thunks;
import io.kogluktualuk.computenode.runtime.store.Shelf;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Computes what one transaction, or one binding, needs: begins subtransactions, and waits for
/// them. What is as quickly run as handed over is run by who waits for it, on its thread and in
/// its slot.
///
/// **Threading:** the thread of its owner, but for [#stopWaiting]. **Ownership:** holds
/// everything it has begun until [#release].
final class Evaluation implements Thunks, WaitGraph.Waiter {

  /// How many guests may stand on one thread: each has a stack of its own size at most.
  private static final int IN_PLACE_MAX = 2;

  private final Engine engine;
  private final Pending owner;
  private final Run run;
  private final Limits limits;
  private final int depth;
  private final int level;
  private final Recall recall;
  private final Shelf blobs;
  private final Valuation values;
  private final Map<ThunkAt, Pending> begun = new HashMap<>();
  private final List<Pending> held = new ArrayList<>();
  private final AtomicReference<@Nullable Pending> inPlace = new AtomicReference<>();
  private @Nullable SlotHolder slot;
  private volatile @Nullable CompletableFuture<Settled> current;
  private volatile boolean isStopped;

  private record ThunkAt(Hash root, Hash thunk) {}

  /// @param owner who waits, as far as others can see
  /// @param recall how far the outcomes of what it begins are believed
  Evaluation(Engine engine, Pending owner, Run run, Limits limits, int depth, Recall recall) {
    this.engine = engine;
    this.owner = owner;
    this.run = run;
    this.limits = limits;
    this.depth = depth;
    this.level = owner instanceof Flight flight ? flight.level() : 0;
    this.recall = recall;
    Shelf store = engine.blobsOf(run, recall);
    this.blobs =
        new HealingBlobs(store, new Healer(store, engine.index(), this::outputs, this::flyAgain));
    this.values = new Valuation(this, blobs, engine.trees(), engine.namespaces());
  }

  /// What a transaction on its way needs.
  static Evaluation of(Engine engine, Flight flight) {
    return new Evaluation(
        engine,
        flight,
        flight.owner(),
        flight.transaction().limits(),
        flight.depth(),
        flight.recall().below());
  }

  /// From now on a slot is held, and given back while waiting.
  void waitWithout(SlotHolder held) {
    slot = held;
  }

  Limits limits() {
    return limits;
  }

  int depth() {
    return depth;
  }

  Recall recall() {
    return recall;
  }

  /// The store to read from: what was lost and can be computed again is there.
  Shelf blobs() {
    return blobs;
  }

  @Override
  public Promise start(Ref root, Ref thunk) {
    ThunkAt place = new ThunkAt(root.hash(), thunk.hash());
    Pending known = begun.get(place);
    if (known == null) {
      known = begin(root, thunk);
      begun.put(place, known);
    }
    return known;
  }

  private Pending begin(Ref root, Ref ref) {
    StandingThunk thunk = engine.thunks().get(blobs, ref);
    if (!thunk.isNarrowed()) {
      return fly(root, thunk.argv());
    }
    List<Ref> inputs = values.inputsNow(root, thunk);
    if (inputs != null) {
      return begin(root, thunk, inputs);
    }
    Bindings.Place place = Bindings.Place.of(run, recall, root, ref);
    return hold(Binding.begin(engine, run, place, this, thunk.argv(), thunk.sources(root)));
  }

  /// Begins a narrowed thunk whose inputs are there.
  private Pending begin(Ref root, StandingThunk thunk, List<Ref> inputs) {
    StandingThunk.Narrowed known = thunk.latest(inputs, limits);
    if (known != null) {
      Flight flown =
          engine.flights().flown(known.transaction(), known.encoding(), run, depth + 1, recall);
      if (flown != null) {
        return hold(flown);
      }
    }
    Pending fresh = startNarrowed(thunk.argv(), thunk.sources(root));
    if (fresh instanceof Flight flight) {
      thunk.remember(
          new StandingThunk.Narrowed(inputs, limits, flight.transaction(), flight.encoding()));
    }
    return fresh;
  }

  @Override
  public Pending startNarrowed(List<String> argv, List<Source.Input> inputs) {
    Ref namespace = values.namespaceNow(inputs);
    return namespace != null
        ? fly(namespace, argv)
        : hold(Binding.begin(engine, run, this, argv, inputs));
  }

  /// Begins a subtransaction.
  Pending fly(Ref namespace, List<String> argv) {
    Transaction transaction = Transaction.of(namespace, argv, limits);
    return hold(engine.flights().fly(transaction, run, depth + 1, recall));
  }

  /// Runs a transaction again, whatever is known of it.
  private Settled flyAgain(Transaction transaction) {
    return waitFor(hold(engine.flights().fly(transaction, run, depth + 1, Recall.NEVER)));
  }

  /// The values that there are of what has been begun, the latest first, and what the owner sees.
  private Collection<Ref> outputs() {
    List<Ref> outputs = new ArrayList<>();
    for (Pending pending : held.reversed()) {
      Thunks.Value value = pending.valueNow();
      if (value instanceof Computed(_, Ref output)) {
        outputs.add(output);
      }
    }
    Ref namespace = owner.namespace();
    if (namespace != null) {
      outputs.add(namespace);
    }
    return outputs;
  }

  /// The engine has counted us as a holder.
  private Pending hold(Pending pending) {
    held.add(pending);
    return pending;
  }

  @Override
  public Value await(Promise promise) {
    return waitFor((Pending) promise).value();
  }

  /// Waits; gives the slot back meanwhile.
  ///
  /// @throws SelfDependence when the owner's own outcome is needed for it
  /// @throws FabricException when it could not be computed here, or nobody wants it any more
  Settled waitFor(Pending target) {
    try {
      Settled settled = target.isSettled() ? get(target.settled()) : parked(target);
      if (!settled.cycle().isEmpty()) {
        told(target, settled);
      }
      return settled;
    } catch (SelfDependence e) {
      letEnd(target);
      throw e;
    }
  }

  /// Who is on a circle with the owner is not given up because the owner ends: it ends by itself
  /// as soon as that has gone around, and the next who reads it would have it run again.
  private void letEnd(Pending member) {
    if (!(member instanceof Flight flight && flight.isDormant()) && held.remove(member)) {
      Run owner = member instanceof Flight flight ? flight.owner() : run;
      owner.letEnd(member.settled());
    }
  }

  private void told(Pending target, Settled settled) {
    if (target instanceof Flight flight) {
      run.settled(flight, settled);
    }
    Hash own = owner.key();
    if (own != null && settled.cycle().contains(own)) {
      throw new SelfDependence(settled.cycle());
    }
  }

  private Settled parked(Pending target) {
    List<Hash> cycle = engine.waits().add(owner, target, this);
    if (cycle != null) {
      throw new SelfDependence(cycle);
    }
    try {
      if (target instanceof Flight flight) {
        if (flight.isTrivial() && runInPlace(flight)) {
          return get(flight.settled());
        }
        flight.begin();
      }
      CompletableFuture<Settled> wait = target.settled().copy();
      current = wait;
      if (isStopped) {
        throw new Refused("cancelled while waiting");
      }
      return slot == null ? get(wait) : slot.whileFree(() -> get(wait));
    } finally {
      engine.waits().remove(owner, target, this);
      current = null;
    }
  }

  @Override
  public boolean tell(List<Hash> circle) {
    CompletableFuture<Settled> wait = current;
    return wait != null && wait.completeExceptionally(new SelfDependence(circle));
  }

  /// Runs a transaction here and now, instead of waiting for it.
  ///
  /// @return false when another has begun it, or it needs a thread of its own
  private boolean runInPlace(Flight flight) {
    if (level >= IN_PLACE_MAX || !flight.begin(level + 1, slot)) {
      return false;
    }
    inPlace.set(flight);
    try {
      if (isStopped) {
        stopWaiting();
      }
      return flight.runInPlace();
    } finally {
      if (inPlace.getAndSet(null) == null) {
        held.remove(flight); // let go of by who has stopped us
      }
      if (slot != null) {
        slot.reclaim();
      }
    }
  }

  private static Settled get(CompletableFuture<Settled> wait) {
    try {
      return wait.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SelfDependence circle) {
        throw circle;
      }
      if (e.getCause() instanceof FabricException reason) {
        throw FabricException.ofTag(reason.tag(), String.valueOf(reason.getMessage()));
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while waiting for a subtransaction", e);
    }
  }

  /// Ends the wait, and those to come, and what is run in place of waiting, unless others want it.
  /// **Threading:** any thread.
  void stopWaiting() {
    isStopped = true;
    Pending running = inPlace.getAndSet(null);
    if (running != null) {
      running.release();
    }
    CompletableFuture<Settled> wait = current;
    if (wait != null) {
      wait.completeExceptionally(new Refused("cancelled while waiting"));
    }
  }

  /// Lets go of everything that was begun.
  void release() {
    held.forEach(Pending::release);
    held.clear();
  }

  @Override
  public Evaluated evaluate(Source source) {
    return values.evaluate(source);
  }

  /// The values of sources, put together.
  Valuation values() {
    return values;
  }
}
