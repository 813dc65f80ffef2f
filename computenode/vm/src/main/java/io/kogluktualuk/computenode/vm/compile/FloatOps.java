package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;

import io.kogluktualuk.computenode.vm.machine.Numbers;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/// Arithmetic on floating-point numbers. Its results are raw; its operands may be.
final class FloatOps {

  private static final ClassDesc MATH = JvmTypes.of(Math.class);
  private static final ClassDesc NUMBERS = JvmTypes.of(Numbers.class);

  private FloatOps() {}

  /// Whether the instruction computes a float whose NaN is the canonical one.
  static boolean isArithmetic(int opcode) {
    return (opcode >= 0x8D && opcode <= 0x97)
        || (opcode >= 0x9B && opcode <= 0xA5)
        || opcode == 0xB6
        || opcode == 0xBB;
  }

  static void emit(CodeBuilder code, OperandStack stack, int opcode) {
    boolean unary = opcode <= 0x91 || (opcode >= 0x9B && opcode <= 0x9F) || opcode >= 0xB6;
    stack.require(unary ? 1 : 2);
    stack.drop(unary ? 1 : 2);
    if (opcode <= 0x97) {
      single(code, opcode);
      stack.pushRaw(ValueType.F32);
    } else if (opcode <= 0xA5) {
      twice(code, opcode);
      stack.pushRaw(ValueType.F64);
    } else if (opcode == 0xB6) {
      code.d2f();
      stack.pushRaw(ValueType.F32);
    } else {
      code.f2d();
      stack.pushRaw(ValueType.F64);
    }
  }

  private static void single(CodeBuilder code, int opcode) {
    MethodTypeDesc two = MethodTypeDesc.of(CD_float, CD_float, CD_float);
    switch (opcode) {
      case 0x8D, 0x8E, 0x90, 0x91 -> {
        // In double precision these are exact enough to round to the right single.
        code.f2d();
        twice(code, opcode + 0x0E);
        code.d2f();
      }
      case 0x8F -> code.invokestatic(NUMBERS, "truncate", MethodTypeDesc.of(CD_float, CD_float));
      case 0x92 -> code.fadd();
      case 0x93 -> code.fsub();
      case 0x94 -> code.fmul();
      case 0x95 -> code.fdiv();
      case 0x96 -> code.invokestatic(MATH, "min", two);
      case 0x97 -> code.invokestatic(MATH, "max", two);
      default -> throw new IllegalStateException("no float arithmetic: " + opcode);
    }
  }

  private static void twice(CodeBuilder code, int opcode) {
    MethodTypeDesc one = MethodTypeDesc.of(CD_double, CD_double);
    MethodTypeDesc two = MethodTypeDesc.of(CD_double, CD_double, CD_double);
    switch (opcode) {
      case 0x9B -> code.invokestatic(MATH, "ceil", one);
      case 0x9C -> code.invokestatic(MATH, "floor", one);
      case 0x9D -> code.invokestatic(NUMBERS, "truncate", one);
      case 0x9E -> code.invokestatic(MATH, "rint", one);
      case 0x9F -> code.invokestatic(MATH, "sqrt", one);
      case 0xA0 -> code.dadd();
      case 0xA1 -> code.dsub();
      case 0xA2 -> code.dmul();
      case 0xA3 -> code.ddiv();
      case 0xA4 -> code.invokestatic(MATH, "min", two);
      case 0xA5 -> code.invokestatic(MATH, "max", two);
      default -> throw new IllegalStateException("no double arithmetic: " + opcode);
    }
  }
}
