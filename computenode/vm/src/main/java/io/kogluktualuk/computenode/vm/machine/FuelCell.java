package io.kogluktualuk.computenode.vm.machine;

/// The fuel of the current slice, when it is in no variable of a running function.
///
/// **Threading:** the guest's thread.
public abstract class FuelCell {

  /// May be below zero: then it was charged, but not yet looked at.
  public long fuel;

  private final FuelSource source;

  protected FuelCell(FuelSource source) {
    this.source = source;
  }

  public final FuelSource source() {
    return source;
  }

  /// Takes fuel; ends the guest when none is left.
  public final void charge(long amount) {
    fuel -= amount;
    if (fuel < 0) {
      source.refuel(this);
    }
  }
}
