package io.kogluktualuk.computenode.vm.run;

/// A module as an [Engine] runs it.
///
/// **Threading:** any thread.
sealed interface EngineCode permits MachineCode, ReferenceCode {

  /// An instance that has not begun, with memory of its initial size.
  <C> EngineGuest prepare(Program<C> program, C context, int maximumPages, Meter meter);
}
