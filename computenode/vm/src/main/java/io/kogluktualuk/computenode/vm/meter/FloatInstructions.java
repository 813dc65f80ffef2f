package io.kogluktualuk.computenode.vm.meter;

import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import org.jspecify.annotations.Nullable;

/// Which instructions make the bits of a NaN, and which cannot show them.
///
/// Loads, constants, `neg`, `abs`, `copysign` and reinterpretations are exact operations on bits
/// and make none. Arithmetic hides the bits of its operands, because its own NaN is made canonical.
final class FloatInstructions {

  static final int NAN_32 = 0x7FC0_0000;
  static final long NAN_64 = 0x7FF8_0000_0000_0000L;

  private static final int F32_DEMOTE = 0xB6;
  private static final int F64_PROMOTE = 0xBB;

  private FloatInstructions() {}

  /// The type of the NaN that the instruction may make, or null when it makes none.
  static @Nullable ValueType makesNan(int opcode) {
    if ((opcode >= 0x8D && opcode <= 0x97) || opcode == F32_DEMOTE) {
      return ValueType.F32;
    }
    if ((opcode >= 0x9B && opcode <= 0xA5) || opcode == F64_PROMOTE) {
      return ValueType.F64;
    }
    return null;
  }

  /// Whether the value on the stack is next consumed by an instruction that hides its bits: at
  /// once, or as the left operand when only its right operand is pushed in between.
  static boolean hidesBits(WasmCursor code) {
    int next = code.peekByte();
    if (hidesOperands(next)) {
      return true;
    }
    if (next != Instructions.LOCAL_GET
        && next != Instructions.F32_CONST
        && next != Instructions.F64_CONST) {
      return false;
    }
    WasmCursor ahead = code.copy();
    ahead.readByte();
    Instructions.skipImmediates(ahead, next);
    return hidesBothOperands(ahead.peekByte());
  }

  private static boolean hidesOperands(int opcode) {
    return opcode == Instructions.DROP
        || makesNan(opcode) != null
        || hidesBothOperands(opcode)
        || (opcode >= 0xA8 && opcode <= 0xAB)
        || (opcode >= 0xAE && opcode <= 0xB1);
  }

  /// Comparisons and arithmetic of two operands.
  private static boolean hidesBothOperands(int opcode) {
    return (opcode >= 0x5B && opcode <= 0x66)
        || (opcode >= 0x92 && opcode <= 0x97)
        || (opcode >= 0xA0 && opcode <= 0xA5);
  }
}
