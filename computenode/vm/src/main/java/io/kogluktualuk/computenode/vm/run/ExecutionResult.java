package io.kogluktualuk.computenode.vm.run;

/// How an execution ended.
///
/// [Exited] and [Trapped] are functions of the module, its inputs and its limits: the same on every
/// host, so they may be cached. [Cancelled] is not: the host changed its mind.
public sealed interface ExecutionResult {

  /// Fuel taken from the limit so far; see `Metering` for the exact definition.
  long fuelUsed();

  /// The entry returned (status 0) or a host function threw [GuestExit].
  record Exited(int status, long fuelUsed) implements ExecutionResult {}

  /// The guest did what it may not, or reached a limit.
  record Trapped(TrapKind kind, String message, long fuelUsed) implements ExecutionResult {}

  /// [Execution#cancel] was called; the fuel is that of an arbitrary moment.
  record Cancelled(long fuelUsed) implements ExecutionResult {}
}
