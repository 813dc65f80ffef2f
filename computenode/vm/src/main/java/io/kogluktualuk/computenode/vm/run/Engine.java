package io.kogluktualuk.computenode.vm.run;

/// Who executes guests. Both give equal results, equal fuel and equal traps.
public enum Engine {
  /// Our own compiler to classes of the JVM.
  COMPILER,
  /// An interpreter by others, some hundred times slower and with larger frames: the reference
  /// that the compiler is compared with.
  REFERENCE
}
