package io.kogluktualuk.computenode.vm.run;

/// A function that the host offers to guests.
///
/// One instance serves all executions at once; what belongs to one execution is in its context.
///
/// @param <C> the context given to [Program#prepare]
@FunctionalInterface
public interface HostFunction<C> {

  /// Runs for a guest.
  ///
  /// Integers arrive as they are in the low bits (cast them: the upper half of an i32 is
  /// undefined), floats as raw bits. The result is returned in the same form; 0 when the signature
  /// has none. [GuestExit] and [GuestTrap] end the guest with an outcome; any other exception ends
  /// it without one and leaves [Execution#run] as it is.
  long call(C context, Guest guest, long[] arguments);

  /// The same for values of any type and number; [HostValuesFunction]s are called like this.
  default void call(C context, Guest guest, HostValues values) {
    throw new IllegalStateException("a host function of plain numbers is called with others");
  }
}
