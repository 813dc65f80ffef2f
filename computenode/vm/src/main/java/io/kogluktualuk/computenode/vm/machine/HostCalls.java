package io.kogluktualuk.computenode.vm.machine;

import org.jspecify.annotations.Nullable;

/// The functions that an instance imports from its host.
///
/// **Threading:** the guest's thread.
public interface HostCalls {

  /// Calls the import with this index; integers in the low bits, floats as raw bits.
  long call(int function, long[] arguments);

  /// Calls an import that has references or several results.
  ///
  /// @param numbers arguments that are numbers, each at its place, a vector at two; takes the
  ///     results
  /// @param references the same for references
  void call(int function, long[] numbers, @Nullable Object[] references);
}
