package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.module.DecodedModule;

/// A module as an [Engine] runs it.
///
/// **Threading:** any thread.
sealed interface EngineCode permits MachineCode, ReferenceCode {

  /// An instance that has not begun, with memory of its initial size.
  <C> EngineGuest prepare(Program<C> program, C context, int maximumPages, Meter meter);

  /// The same for an instance that shares parts with others of its group.
  <C> EngineGuest join(Imported imported, C context, int maximumPages, InstanceGroup<?> group);

  DecodedModule module();
}
