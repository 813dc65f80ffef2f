package io.kogluktualuk.fabric.transaction;

/// Why the VM stopped a program. Tags never change.
public enum Trap {
  OUT_OF_FUEL(1, "out of fuel"),
  OUT_OF_MEMORY(2, "its memory does not fit its limit"),
  OUTPUT_LIMIT(3, "it wrote more than its output limit"),
  STACK_OVERFLOW(4, "its calls are nested too deep"),
  UNREACHABLE(5, "it executed an unreachable instruction"),
  DIVIDE_BY_ZERO(6, "integer divide by zero"),
  INTEGER_OVERFLOW(7, "integer overflow"),
  BAD_CONVERSION(8, "a number cannot be converted to an integer"),
  OUT_OF_BOUNDS(9, "it used memory or a table out of bounds"),
  BAD_INDIRECT_CALL(10, "it called through a table entry that is empty or has another type"),
  BAD_HOST_CALL(11, "it called the host in a way that is not allowed");

  private final int tag;
  private final String words;

  Trap(int tag, String words) {
    this.tag = tag;
    this.words = words;
  }

  public int tag() {
    return tag;
  }

  /// For people.
  public String words() {
    return words;
  }
}
