package io.kogluktualuk.computenode.vm.run;

/// What a host function may touch of the guest that called it.
///
/// **Threading:** only the guest's thread, inside a host function.
public interface Guest {

  /// The guest's memory; of size 0 when the module has none.
  GuestMemory memory();

  /// Takes fuel for work done by the host, such as one unit per 16 bytes copied.
  ///
  /// @throws GuestTrap with [TrapKind#OUT_OF_FUEL] when less is left
  void chargeFuel(long fuel);

  /// Fuel used up to this call.
  long fuelUsed();
}
