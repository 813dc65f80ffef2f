package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.kogluktualuk.computenode.vm.compile.Operand.Place;
import io.kogluktualuk.computenode.vm.machine.Numbers;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/// Arithmetic on integers.
final class IntegerOps {

  private static final ClassDesc INTEGER = JvmTypes.of(Integer.class);
  private static final ClassDesc LONG = JvmTypes.of(Long.class);
  private static final ClassDesc NUMBERS = JvmTypes.of(Numbers.class);
  private static final MethodTypeDesc INT_TO_INT = MethodTypeDesc.of(CD_int, CD_int);
  private static final MethodTypeDesc TWO_INTS = MethodTypeDesc.of(CD_int, CD_int, CD_int);
  private static final MethodTypeDesc LONG_TO_INT = MethodTypeDesc.of(CD_int, CD_long);
  private static final MethodTypeDesc TWO_LONGS = MethodTypeDesc.of(CD_long, CD_long, CD_long);
  private static final MethodTypeDesc SHIFTED = MethodTypeDesc.of(CD_long, CD_long, CD_int);

  private IntegerOps() {}

  /// Opcodes 0x67 to 0x78.
  static void emitInt(CodeBuilder code, OperandStack stack, int opcode) {
    boolean safe = opcode == 0x6D && dividesSafely(stack);
    int operands = opcode <= 0x69 ? 1 : 2;
    stack.require(operands);
    stack.drop(operands);
    switch (opcode) {
      case 0x67 -> code.invokestatic(INTEGER, "numberOfLeadingZeros", INT_TO_INT);
      case 0x68 -> code.invokestatic(INTEGER, "numberOfTrailingZeros", INT_TO_INT);
      case 0x69 -> code.invokestatic(INTEGER, "bitCount", INT_TO_INT);
      case 0x6A -> code.iadd();
      case 0x6B -> code.isub();
      case 0x6C -> code.imul();
      case 0x6D -> {
        if (safe) {
          code.idiv();
        } else {
          code.invokestatic(NUMBERS, "divide", TWO_INTS);
        }
      }
      case 0x6E -> code.invokestatic(INTEGER, "divideUnsigned", TWO_INTS);
      case 0x6F -> code.irem();
      case 0x70 -> code.invokestatic(INTEGER, "remainderUnsigned", TWO_INTS);
      case 0x71 -> code.iand();
      case 0x72 -> code.ior();
      case 0x73 -> code.ixor();
      case 0x74 -> code.ishl();
      case 0x75 -> code.ishr();
      case 0x76 -> code.iushr();
      case 0x77 -> code.invokestatic(INTEGER, "rotateLeft", TWO_INTS);
      case 0x78 -> code.invokestatic(INTEGER, "rotateRight", TWO_INTS);
      default -> throw new IllegalStateException("no integer arithmetic: " + opcode);
    }
    stack.push(ValueType.I32);
  }

  /// Whether the divisor is known to be neither 0 nor -1.
  private static boolean dividesSafely(OperandStack stack) {
    Operand divisor = stack.peek(0);
    return divisor.place() == Place.CONSTANT && divisor.bits() != 0 && divisor.bits() != -1;
  }

  /// Opcodes 0x79 to 0x8A.
  static void emitLong(CodeBuilder code, OperandStack stack, int opcode) {
    boolean safe = opcode == 0x7F && dividesSafely(stack);
    int operands = opcode <= 0x7B ? 1 : 2;
    stack.require(operands);
    stack.drop(operands);
    switch (opcode) {
      case 0x79 -> code.invokestatic(LONG, "numberOfLeadingZeros", LONG_TO_INT).i2l();
      case 0x7A -> code.invokestatic(LONG, "numberOfTrailingZeros", LONG_TO_INT).i2l();
      case 0x7B -> code.invokestatic(LONG, "bitCount", LONG_TO_INT).i2l();
      case 0x7C -> code.ladd();
      case 0x7D -> code.lsub();
      case 0x7E -> code.lmul();
      case 0x7F -> {
        if (safe) {
          code.ldiv();
        } else {
          code.invokestatic(NUMBERS, "divide", TWO_LONGS);
        }
      }
      case 0x80 -> code.invokestatic(LONG, "divideUnsigned", TWO_LONGS);
      case 0x81 -> code.lrem();
      case 0x82 -> code.invokestatic(LONG, "remainderUnsigned", TWO_LONGS);
      case 0x83 -> code.land();
      case 0x84 -> code.lor();
      case 0x85 -> code.lxor();
      case 0x86 -> code.l2i().lshl();
      case 0x87 -> code.l2i().lshr();
      case 0x88 -> code.l2i().lushr();
      case 0x89 -> code.l2i().invokestatic(LONG, "rotateLeft", SHIFTED);
      case 0x8A -> code.l2i().invokestatic(LONG, "rotateRight", SHIFTED);
      default -> throw new IllegalStateException("no integer arithmetic: " + opcode);
    }
    stack.push(ValueType.I64);
  }
}
