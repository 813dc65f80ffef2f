package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.classfile.Opcode;
import org.jspecify.annotations.Nullable;

/// A value on the operand stack while a function is compiled.
///
/// @param raw whether it comes from arithmetic and may be a NaN that is not canonical yet
/// @param slot the variable of a [Place#SPILLED] or [Place#LOCAL] value
/// @param bits the value of a [Place#CONSTANT]
/// @param condition the branch that a [Place#CONDITION] means
record Operand(
    ValueType type, Place place, boolean raw, int slot, long bits, @Nullable Opcode condition) {

  /// Where the value is. On the operand stack from below, first all that are spilled, then those
  /// on the JVM's stack, then those that are not loaded yet, a condition last.
  enum Place {
    /// On the JVM's stack.
    STACK,
    /// In a variable of its own, to keep the JVM's stack empty at loops: JITs enter no loop in the
    /// middle of its run when the stack is not.
    SPILLED,
    /// In a variable of the program, not loaded yet.
    LOCAL,
    /// Known.
    CONSTANT,
    /// Operands of a comparison are on the JVM's stack, the comparison is still to be made.
    CONDITION
  }

  static Operand onStack(ValueType type, boolean raw) {
    return new Operand(type, Place.STACK, raw, -1, 0, null);
  }

  static Operand local(ValueType type, int slot, boolean raw) {
    return new Operand(type, Place.LOCAL, raw, slot, 0, null);
  }

  static Operand constant(ValueType type, long bits) {
    return new Operand(type, Place.CONSTANT, false, -1, bits, null);
  }

  static Operand condition(Opcode branch) {
    return new Operand(ValueType.I32, Place.CONDITION, false, -1, 0, branch);
  }

  Operand spilledTo(int variable) {
    return new Operand(type, Place.SPILLED, raw, variable, 0, null);
  }

  boolean isOnStack() {
    return place == Place.STACK;
  }

  boolean isSpilled() {
    return place == Place.SPILLED;
  }

  /// Whether loading it costs nothing twice.
  boolean isAtHand() {
    return place == Place.LOCAL || place == Place.CONSTANT;
  }
}
