package io.kogluktualuk.computenode.vm.compile;

/// How a method is left for good.
@FunctionalInterface
interface Exits {

  /// Returns with what is on top of the stack.
  void leave();
}
