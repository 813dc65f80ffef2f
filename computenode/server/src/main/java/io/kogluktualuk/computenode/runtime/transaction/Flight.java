package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.vm.run.Execution;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A transaction on its way to its outcome on this node: one for each key at a time.
///
/// **Threading:** its work is on a virtual thread of its own, which [#begin] starts; all methods
/// from any thread.
final class Flight extends Pending {

  /// The order in which those that wait for room begin.
  static final Comparator<Flight> DEEPEST_FIRST =
      Comparator.<Flight>comparingInt(flight -> -flight.depth)
          .thenComparingLong(flight -> flight.number);

  private final Engine engine;
  private final long number;
  private final Blob encoding;
  private final Transaction transaction;
  private final Run run;
  private final int depth;
  private final boolean mayLeave;
  private final Recall recall;
  private final AtomicBoolean isBegun = new AtomicBoolean();
  private boolean isTrivial;
  private volatile @Nullable ProgramAt program;
  private volatile long seen = -1;
  private int level;
  private @Nullable SlotHolder lender;
  private boolean isAway;
  private boolean isToStay;
  private volatile boolean isStopped;
  private volatile @Nullable Execution<?> execution;
  private volatile @Nullable Evaluation evaluation;
  private volatile @Nullable SlotHolder slot;
  private volatile Slots.@Nullable Ticket ticket;
  private volatile @Nullable Handed handed;

  /// @param run the one that is charged for it
  /// @param mayLeave whether it may be handed to a peer
  /// @param recall how far a known outcome is believed
  Flight(
      Engine engine,
      Blob encoding,
      Transaction transaction,
      Run run,
      int depth,
      boolean mayLeave,
      Recall recall) {
    this.engine = engine;
    this.number = engine.flights().nextNumber();
    this.encoding = encoding;
    this.transaction = transaction;
    this.run = run;
    this.depth = depth;
    this.mayLeave = mayLeave;
    this.recall = recall;
  }

  @Override
  Hash key() {
    return encoding.hash();
  }

  @Override
  Ref namespace() {
    return transaction.namespace();
  }

  Blob encoding() {
    return encoding;
  }

  Transaction transaction() {
    return transaction;
  }

  Run owner() {
    return run;
  }

  int depth() {
    return depth;
  }

  /// What is run again stays here: a peer would look it up.
  boolean mayLeave() {
    return mayLeave && recall == Recall.KNOWN;
  }

  /// It is handed to a peer now, until [#comeBack], unless it is to stay.
  ///
  /// @return whether it is
  synchronized boolean leave() {
    isAway = !isToStay;
    return isAway;
  }

  /// The peer could not run it.
  synchronized void comeBack() {
    isAway = false;
  }

  /// It is not handed to a peer from now on, since one waits for it.
  ///
  /// @return false when a peer has it already
  synchronized boolean stay() {
    isToStay |= !isAway;
    return isToStay;
  }

  Recall recall() {
    return recall;
  }

  /// Asks whether running it is expected to take no longer than handing it over; before anybody
  /// else has it.
  void weigh() {
    program = engine.costs().known(transaction);
    isTrivial = engine.dispatcher().isTrivial(this);
  }

  /// Whether running it takes less time than something else, as far as is known.
  boolean isQuicker(long askingNanos) {
    ProgramAt known = program;
    return known != null && known.isQuicker(askingNanos);
  }

  /// How much was known on this node when its outcome was last looked for; -1 when it never was.
  long seen() {
    return seen;
  }

  void saw(long known) {
    seen = known;
  }

  /// Its program, to learn of it.
  ProgramAt program() {
    ProgramAt known = program;
    if (known == null) {
      known = engine.costs().of(transaction);
      program = known;
    }
    return known;
  }

  boolean isTrivial() {
    return isTrivial;
  }

  /// How many others stand below it on the stack of its thread.
  int level() {
    return level;
  }

  /// Whose slot it may run in; null when it needs one of its own.
  @Nullable SlotHolder lender() {
    return lender;
  }

  /// Whether it has yet to begin, and still should.
  boolean isDormant() {
    return !isBegun.get() && !isSettled();
  }

  /// Lets it begin, unless it has.
  Flight begin() {
    if (isDormant() && isBegun.compareAndSet(false, true)) {
      start();
    }
    return this;
  }

  /// Lets it begin on the caller's thread, unless it has begun; the caller calls [#runInPlace].
  ///
  /// @param above how many others stand on that thread
  /// @param slot of the caller; null when he has none
  /// @return whether it has not
  boolean begin(int above, @Nullable SlotHolder slot) {
    if (!isDormant() || !isBegun.compareAndSet(false, true)) {
      return false;
    }
    level = above;
    lender = slot;
    return true;
  }

  private void start() {
    Thread.ofVirtual().name("guest-", 0).start(this::run);
  }

  private void run() {
    try {
      compute();
    } catch (FabricException e) {
      fail(e);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      fail(new Unavailable("running transaction " + key() + " failed: " + e, e));
    } finally {
      engine.flights().landed(this);
    }
  }

  private void compute() {
    Settled result = engine.dispatcher().compute(this);
    // Before it lands: from then on whoever reads it would run it again.
    run.settled(this, result);
    settle(result);
  }

  /// Runs it on the caller's thread.
  ///
  /// @return false when there it could not be run, such as for want of stack: it goes on with a
  ///     thread of its own
  boolean runInPlace() {
    try {
      compute();
    } catch (Unavailable | StackOverflowError _) {
      level = 0;
      lender = null;
      start();
      return false;
    } catch (FabricException e) {
      fail(e);
    } catch (RuntimeException | OutOfMemoryError e) {
      fail(new Unavailable("running transaction " + key() + " failed: " + e, e));
    }
    engine.flights().landed(this);
    return true;
  }

  /// What must be told when the flight is stopped; called as each comes to be.
  void attach(SlotHolder heldSlot, Evaluation running) {
    slot = heldSlot;
    evaluation = running;
    stopAgain();
  }

  /// Attaches what waits without a slot.
  void attach(Evaluation following) {
    evaluation = following;
    stopAgain();
  }

  void attach(Execution<?> begun) {
    execution = begun;
    stopAgain();
  }

  void attach(Slots.Ticket place) {
    ticket = place;
    stopAgain();
  }

  void attach(Handed over) {
    handed = over;
    stopAgain();
  }

  private void stopAgain() {
    if (isStopped) {
      stop();
    }
  }

  @Override
  void stop() {
    isStopped = true;
    if (isBegun.compareAndSet(false, true)) {
      engine.flights().landed(this); // nobody else will say so
    }
    FabricException reason = new Refused("cancelled: nobody waits for it any more");
    Slots.Ticket place = ticket;
    if (place != null) {
      place.cancel(reason);
    }
    SlotHolder heldSlot = slot;
    if (heldSlot != null) {
      heldSlot.cancel(reason);
    }
    Evaluation waiting = evaluation;
    if (waiting != null) {
      waiting.stopWaiting();
    }
    Handed over = handed;
    if (over != null) {
      over.drop();
    }
    Execution<?> begun = execution;
    if (begun != null) {
      begun.cancel();
    }
  }
}
