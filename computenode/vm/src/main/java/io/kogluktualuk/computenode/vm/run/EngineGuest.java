package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.FuelCell;
import io.kogluktualuk.computenode.vm.module.Export;

/// One instance inside an engine.
///
/// **Threading:** the guest's thread.
sealed interface EngineGuest extends Guest permits MachineGuest, ReferenceGuest {

  /// Applies the active segments and runs the start function; throws [GuestTrap] for traps.
  void instantiate(int callDepth);

  /// Calls an exported function that takes and returns nothing.
  void call(String export, int callDepth);

  /// What it exports, for instances of its group.
  Extern exported(Export export);

  /// Where its fuel is.
  FuelCell cell();

  @Override
  default void chargeFuel(long fuel) {
    if (fuel < 0) {
      throw new IllegalArgumentException("fuel cannot be given back: " + fuel);
    }
    cell().charge(fuel);
  }
}
