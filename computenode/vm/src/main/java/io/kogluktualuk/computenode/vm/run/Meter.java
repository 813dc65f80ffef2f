package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.FuelCell;
import io.kogluktualuk.computenode.vm.machine.FuelSource;
import java.util.concurrent.locks.LockSupport;

/// The fuel of one execution beyond the slice its code has in hand, and the switch that stops it.
///
/// Metered code sees only slices: when one is used up it comes here, and here the host can cancel,
/// and let others use the core. What is left in all is slice + reserve, so the point at which fuel
/// ends does not depend on how it was sliced.
///
/// **Threading:** the guest's thread, but for [#cancel], which any thread may call.
final class Meter implements FuelSource {

  /// A few milliseconds of compiled code, a few hundred of interpreted code: how long a cancelled
  /// guest runs on.
  private static final long SLICE = 1L << 20;

  /// Some milliseconds of compiled code; a turn takes some 50 microseconds to change.
  private static final int SLICES_PER_TURN = 16;

  private final long limit;
  private long reserve;
  private int slices;
  private volatile boolean cancelled;

  Meter(long limit) {
    this.limit = limit;
    this.reserve = limit;
  }

  void cancel() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /// Settles what was used beyond the slice and hands out the next.
  @Override
  public void refuel(FuelCell cell) {
    long left = reserve + cell.fuel;
    if (left < 0) {
      // What was charged beyond the limit was not paid for.
      reserve = 0;
      cell.fuel = 0;
      throw new GuestTrap(TrapKind.OUT_OF_FUEL, "fuel limit reached");
    }
    if (cancelled || Thread.currentThread().isInterrupted()) {
      throw new Cancellation();
    }
    makeRoom();
    cell.fuel = Math.min(SLICE, left);
    reserve = left - cell.fuel;
  }

  /// Lets other virtual threads run, which are not preempted: without this, busy guests would
  /// starve waiting ones.
  ///
  /// By parking, not by yielding: a thread that yields goes to the end of its own carrier's queue,
  /// and as long as that is never empty no carrier looks at what came from outside, such as new
  /// guests.
  private void makeRoom() {
    if (++slices % SLICES_PER_TURN == 0 && Thread.currentThread().isVirtual()) {
      LockSupport.parkNanos(1);
    }
  }

  /// The fuel used by a guest that has ended by itself; traps when its last piece was not paid
  /// for.
  long settle(FuelCell cell) {
    if (cell.fuel < 0) {
      refuel(cell);
    }
    return used(cell);
  }

  /// Takes back what is left of the slice: the next call may be of another instance.
  void giveBack(FuelCell cell) {
    reserve += cell.fuel;
    cell.fuel = 0;
  }

  long used(FuelCell cell) {
    return limit - Math.max(0, reserve + cell.fuel);
  }

  /// Leaves the guest's frames after [#cancel].
  static final class Cancellation extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Cancellation() {
      super("cancelled", null, false, false);
    }
  }
}
