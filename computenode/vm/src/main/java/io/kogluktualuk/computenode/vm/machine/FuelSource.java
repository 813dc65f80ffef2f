package io.kogluktualuk.computenode.vm.machine;

/// Where an instance gets its fuel from, slice by slice.
///
/// **Threading:** the guest's thread.
public interface FuelSource {

  /// The slice is used up: `left` is what remains, zero or less. Leaves the next slice in
  /// [FuelCell#fuel], or ends the guest with an exception.
  void refuel(FuelCell cell);
}
