package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.runtime.store.LookupBatcher;
import io.kogluktualuk.computenode.runtime.store.Recent;
import io.kogluktualuk.computenode.runtime.store.Shelf;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Says how a transaction gets its outcome: it is known, or by the trace of another, or by
/// running it here or at a peer.
///
/// A transaction is *trivial* when its program is expected to run in less time than it takes to
/// hand it to another thread, and to look its outcome up. It is not looked up, runs in the place
/// of who waits for it, and its outcome stays a [Draft].
///
/// **Threading:** any thread; [#compute] on that of the flight. **Bound:** [#DRAFTS_MAX] drafts.
final class Dispatcher {

  /// A transaction that three peers could not run is run here.
  private static final int HANDOVERS_MAX = 3;

  /// Of some 2 KB each.
  private static final int DRAFTS_MAX = 8_192;

  private final Engine engine;
  private final long trivialNanosMax;
  private final Recent<Outcome> outcomes;
  private final Recent<Draft> drafts = new Recent<>(DRAFTS_MAX);
  private final LookupBatcher lookups;
  private final Traces traces;
  private final Slots slots;
  private final Handover handover;
  private final Assurance assurance;
  private final LongAdder ran = new LongAdder();
  private final LongAdder hits = new LongAdder();
  private final LongAdder failures = new LongAdder();

  Dispatcher(
      Engine engine,
      Duration trivialMax,
      Recent<Outcome> outcomes,
      LookupBatcher lookups,
      Traces traces,
      Slots slots,
      Handover handover,
      Assurance assurance) {
    this.engine = engine;
    this.trivialNanosMax = trivialMax.toNanos();
    this.outcomes = outcomes;
    this.lookups = lookups;
    this.traces = traces;
    this.slots = slots;
    this.handover = handover;
    this.assurance = assurance;
  }

  long ran() {
    return ran.sum();
  }

  long hits() {
    return hits.sum();
  }

  long failures() {
    return failures.sum();
  }

  boolean hasRoom() {
    return slots.hasRoom();
  }

  /// Whether running a transaction is expected to take less time than anything else about it. What
  /// a client asks for never is: it wants to know whether it was known.
  boolean isTrivial(Flight flight) {
    return flight.depth() > 0
        && flight.recall() == Recall.KNOWN
        && flight.isQuicker(Math.min(trivialNanosMax, lookups.latencyNanos()));
  }

  /// What a flight settles with at once, if it is believed, and known here; else null.
  @Nullable Settled known(Flight flight) {
    Settled circle = circle(flight);
    if (circle != null) {
      return circle;
    }
    long now = outcomes.additions() + drafts.additions();
    boolean isAsSeen = now == flight.seen();
    flight.saw(now);
    if (isAsSeen || flight.recall() != Recall.KNOWN) {
      return null;
    }
    Outcome known = outcomes.get(flight.key());
    if (known != null) {
      return hit(flight, known);
    }
    Draft draft = drafts.get(flight.key());
    if (draft == null || !draft.isSound()) {
      return null;
    }
    countHit(flight, draft.ending());
    return Settled.of(flight, draft, Disposition.HIT);
  }

  private @Nullable Settled circle(Flight flight) {
    return flight.recall().isRestoring() ? null : flight.owner().circle(flight.key());
  }

  /// On the flight's thread.
  Settled compute(Flight flight) {
    // Another may have landed between the first look and the making of this one.
    Settled settled = known(flight);
    return settled != null ? settled : computeUnknown(flight);
  }

  private Settled computeUnknown(Flight flight) {
    Outcome known = recall(flight);
    if (known != null) {
      outcomes.add(flight.key(), known);
      return hit(flight, known);
    }
    return isFollowed(flight) ? follow(flight) : run(flight, Evaluation.of(engine, flight));
  }

  /// Whether the traces of other transactions may tell the outcome of this one: not when it is to
  /// be run in any case, nor when running it takes no longer than looking.
  boolean isFollowed(Flight flight) {
    return flight.recall() == Recall.KNOWN
        && !flight.owner().isLost(flight.key())
        && !isQuickerToRun(flight);
  }

  private Settled follow(Flight flight) {
    Evaluation following = Evaluation.of(engine, flight);
    flight.attach(following);
    try {
      Outcome found = traces.follow(flight, following);
      if (found != null) {
        return hit(flight, found);
      }
      // What has failed there is to be tried again.
      boolean isOfUse = !flight.owner().isLost(flight.key());
      return run(flight, isOfUse ? following : Evaluation.of(engine, flight));
    } finally {
      following.release();
    }
  }

  /// @param evaluation with what has been computed already
  private Settled run(Flight flight, Evaluation evaluation) {
    SlotHolder lender = flight.lender();
    if (lender != null) {
      return runHere(flight, evaluation, lender.lend(flight.depth()));
    }
    int handovers = 0;
    while (true) {
      switch (permit(flight, handovers < HANDOVERS_MAX)) {
        case Slots.Local _ -> {
          return runHere(flight, evaluation, new SlotHolder(slots, flight));
        }
        case Slots.Remote(Peer peer) -> {
          handovers++;
          Settled settled = handover.runAt(peer, flight);
          if (settled != null) {
            return settled;
          }
          flight.comeBack();
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
    // What one that believes all it knows has here was looked for a moment ago.
    Outcome known = flight.recall() == Recall.WHOLE ? outcomes.get(flight.key()) : null;
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
    return flight.depth() > 0 && flight.isQuicker(lookups.latencyNanos());
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

  private Settled runHere(Flight flight, Evaluation evaluation, SlotHolder slot) {
    try {
      return new GuestRun(engine, flight, slot, evaluation).run();
    } finally {
      slot.release();
    }
  }

  private Settled hit(Flight flight, Outcome known) {
    countHit(flight, known.ending());
    return Settled.of(flight, known, Disposition.HIT, List.of());
  }

  private void countHit(Flight flight, Ending ending) {
    hits.increment();
    flight.owner().count(flight.key(), flight.transaction(), ending, Disposition.HIT);
  }

  /// Takes what came of running a transaction.
  ///
  /// @param shelf where to store it
  /// @param nanos how long it took, with all waiting
  Settled ran(Flight flight, Draft draft, Shelf shelf, long nanos) {
    count(flight, draft);
    if (flight.isTrivial() && nanos < trivialNanosMax) {
      drafts.add(flight.key(), draft);
      return Settled.of(flight, draft, Disposition.RUN);
    }
    Outcome outcome = draft.publish(shelf);
    if (flight.recall() == Recall.AFRESH) {
      flight.owner().ranAfresh(flight.key(), outcome);
    }
    return Settled.of(flight, outcome, Disposition.RUN, List.of());
  }

  /// Takes what came of running a transaction that needs its own outcome: nobody else is to have
  /// it, and the run only together with its circle ([Run#settled]).
  Settled ranInCircle(Flight flight, Draft draft, Shelf shelf, List<Hash> cycle) {
    count(flight, draft);
    Outcome outcome = draft.store(shelf);
    return Settled.of(flight, outcome, Disposition.RUN, cycle);
  }

  /// What has been given up in its last moments is not counted: its run may have been reported.
  private void count(Flight flight, Draft draft) {
    flight.ifWanted(
        () -> {
          ran.increment();
          if (!draft.ending().isSuccess()) {
            failures.increment();
          }
          flight.owner().fuelUsed.add(draft.fuelUsed());
          flight.owner().count(flight.key(), flight.transaction(), draft.ending(), Disposition.RUN);
        });
  }
}
