package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.fabric.fault.FabricException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The slot of one running program: given back while the program waits, taken again afterwards.
///
/// **Threading:** the guest's thread, but for [#cancel]. **Ownership:** whoever makes it calls
/// [#release] in the end.
final class SlotHolder {

  private final Slots slots;
  private final int depth;
  private final Run run;
  private final Flight flight;
  private final @Nullable SlotHolder lender;
  private final long startNanos = System.nanoTime();
  private boolean isHeld = true;
  private long waitedNanos;
  private volatile Slots.@Nullable Ticket ticket;
  private volatile @Nullable FabricException cancelled;

  /// @param slots from which a local slot was taken
  SlotHolder(Slots slots, Flight flight) {
    this.slots = slots;
    this.depth = flight.depth();
    this.run = flight.owner();
    this.flight = flight;
    this.lender = null;
  }

  private SlotHolder(SlotHolder lender, int depth) {
    this.slots = lender.slots;
    this.depth = depth;
    this.run = lender.run;
    this.flight = lender.flight;
    this.lender = lender;
  }

  /// The same slot for a program that is run in place of waiting for it. As far as others can see
  /// it is this one that runs.
  ///
  /// @param to its depth
  SlotHolder lend(int to) {
    return new SlotHolder(this, to);
  }

  /// Takes the slot again if whoever it was lent to could not.
  void reclaim() {
    if (!isHeld) {
      retake();
    }
  }

  /// The program begins.
  void began() {
    if (lender == null) {
      run.began(flight);
    }
  }

  /// The program has ended.
  void ended() {
    if (lender == null) {
      run.ended(flight);
    }
  }

  /// Waits without the slot.
  <T> T whileFree(Supplier<T> wait) {
    long start = System.nanoTime();
    run.parked(flight);
    isHeld = false;
    slots.release();
    try {
      T result = wait.get();
      retake();
      return result;
    } finally {
      run.resumed(flight);
      waitedNanos += System.nanoTime() - start;
    }
  }

  private void retake() {
    if (!slots.tryTakeLocal()) {
      Slots.Ticket place = slots.resumingTicket(depth);
      ticket = place;
      FabricException reason = cancelled;
      if (reason != null) {
        place.cancel(reason);
      }
      slots.await(place);
      ticket = null;
    }
    isHeld = true;
  }

  /// Ends the waiting for the slot. **Threading:** any thread.
  void cancel(FabricException reason) {
    cancelled = reason;
    Slots.Ticket place = ticket;
    if (place != null) {
      place.cancel(reason);
    }
  }

  void release() {
    if (lender != null) {
      lender.isHeld = isHeld;
      lender.waitedNanos += System.nanoTime() - startNanos;
    } else if (isHeld) {
      isHeld = false;
      slots.release();
    }
  }

  long waitedNanos() {
    return waitedNanos;
  }
}
