package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.FuelCell;

/// The cells in which code metered for the reference engine keeps its fuel and depth. Instances of
/// one group have them in common.
///
/// **Threading:** the guest's thread.
final class ReferenceCells extends FuelCell {

  /// Call depth left to the next function.
  int depth;

  private final Meter meter;

  ReferenceCells(Meter meter) {
    super(meter);
    this.meter = meter;
  }

  Meter meter() {
    return meter;
  }

  /// The slice has run out: `left` is what the function has, usually negative.
  void refuel(long left) {
    fuel = left;
    source().refuel(this);
  }

  /// The depth has run out.
  void overflow(long left) {
    fuel = left;
    throw new GuestTrap(TrapKind.STACK_OVERFLOW, "call depth limit reached");
  }

  /// The cost of an instruction over `count` table elements.
  void chargeElements(int count) {
    charge(Integer.toUnsignedLong(count));
  }
}
