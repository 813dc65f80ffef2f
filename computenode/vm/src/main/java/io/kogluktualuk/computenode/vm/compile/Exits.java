package io.kogluktualuk.computenode.vm.compile;

/// How a method is left for good.
@FunctionalInterface
interface Exits {

  /// Leaves towards a construct outside of the method, with what is on top of the stack.
  ///
  /// @param index of the construct, counted from the outermost
  void leave(ControlFrame target, int index);
}
