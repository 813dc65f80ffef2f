package io.kogluktualuk.computenode.vm.run;

/// Why a guest was ended; part of the outcome, so never renumbered or reused.
public enum TrapKind {
  /// The fuel limit was reached.
  OUT_OF_FUEL(1),
  /// The initial memory does not fit in the memory limit.
  OUT_OF_MEMORY(2),
  /// The call depth limit was reached.
  STACK_OVERFLOW(3),
  /// The `unreachable` instruction ran.
  UNREACHABLE(4),
  INTEGER_DIVIDE_BY_ZERO(5),
  /// A signed division, or a conversion from floating point, has no result in range.
  INTEGER_OVERFLOW(6),
  /// A NaN was converted to an integer.
  BAD_CONVERSION(7),
  /// An access outside the memory, a table, or a segment.
  OUT_OF_BOUNDS(8),
  /// An indirect call of nothing, or of a function with another signature.
  INDIRECT_CALL(9),
  /// A limit that a host function enforces, such as that on output.
  HOST(10);

  private final int number;

  TrapKind(int number) {
    this.number = number;
  }

  /// The stable number in encoded outcomes.
  public int number() {
    return number;
  }
}
