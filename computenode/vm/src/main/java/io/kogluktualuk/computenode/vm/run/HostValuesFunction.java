package io.kogluktualuk.computenode.vm.run;

/// A function of the host that takes or returns references, or returns several values.
///
/// @param <C> the context given to [Program#prepare]
@FunctionalInterface
public interface HostValuesFunction<C> {

  /// Runs for a guest: takes its arguments from `values` and leaves its results there.
  void call(C context, Guest guest, HostValues values);
}
