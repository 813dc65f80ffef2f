package io.kogluktualuk.computenode.vm.machine;

import io.kogluktualuk.computenode.vm.module.Signature;
import org.jspecify.annotations.Nullable;

/// The functions of a module, as instances of other modules need them.
///
/// **Threading:** any thread.
public interface InstanceCode {

  /// The type with this number, as in [FunctionRef#type].
  Signature type(int number);

  /// Calls a function of the instance.
  ///
  /// @param numbers its arguments that are numbers, each at its place, a vector at two; takes the
  ///     results
  /// @param references the same for references
  void call(
      GuestInstance instance,
      int function,
      long[] numbers,
      @Nullable Object[] references,
      int depth,
      long fuel);
}
