package io.kogluktualuk.computenode.vm.machine;

/// The functions that an instance imports.
///
/// **Threading:** the guest's thread.
@FunctionalInterface
public interface HostCalls {

  /// Calls the import with this index; integers in the low bits, floats as raw bits.
  long call(int function, long[] arguments);
}
