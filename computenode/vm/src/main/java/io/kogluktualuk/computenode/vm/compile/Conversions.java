package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.kogluktualuk.computenode.vm.machine.Numbers;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/// From one type of number to another, and operations on the sign of a float, which are exact.
final class Conversions {

  private static final ClassDesc NUMBERS = JvmTypes.of(Numbers.class);
  private static final ClassDesc MATH = JvmTypes.of(Math.class);
  private static final MethodTypeDesc DOUBLE_TO_INT = MethodTypeDesc.of(CD_int, CD_double);
  private static final MethodTypeDesc DOUBLE_TO_LONG = MethodTypeDesc.of(CD_long, CD_double);

  private Conversions() {}

  /// Opcodes 0xA7 to 0xC4, but for those of [FloatOps].
  static void emit(CodeBuilder code, OperandStack stack, int opcode) {
    boolean showsBits = opcode == 0xBC || opcode == 0xBD;
    if (showsBits) {
      stack.settle(1);
    } else {
      stack.require(1);
    }
    stack.drop(1);
    stack.push(convert(code, opcode));
  }

  private static ValueType convert(CodeBuilder code, int opcode) {
    return switch (opcode) {
      case 0xA7 -> {
        code.l2i();
        yield ValueType.I32;
      }
      case 0xA8, 0xA9, 0xAA, 0xAB -> {
        truncate(code, opcode - 0xA8, "truncateToInt", "truncateToUnsignedInt", DOUBLE_TO_INT);
        yield ValueType.I32;
      }
      case 0xAE, 0xAF, 0xB0, 0xB1 -> {
        truncate(code, opcode - 0xAE, "truncateToLong", "truncateToUnsignedLong", DOUBLE_TO_LONG);
        yield ValueType.I64;
      }
      case 0xAC, 0xAD -> {
        code.i2l();
        if (opcode == 0xAD) {
          code.loadConstant(0xFFFF_FFFFL).land();
        }
        yield ValueType.I64;
      }
      case 0xB2, 0xB3, 0xB4, 0xB5 -> {
        toFloat(code, opcode - 0xB2);
        yield ValueType.F32;
      }
      case 0xB7, 0xB8, 0xB9, 0xBA -> {
        toDouble(code, opcode - 0xB7);
        yield ValueType.F64;
      }
      case 0xBC, 0xBD, 0xBE, 0xBF -> reinterpret(code, opcode);
      default -> extend(code, opcode);
    };
  }

  private static void truncate(
      CodeBuilder code, int form, String signed, String unsigned, MethodTypeDesc type) {
    if (form < 2) {
      code.f2d();
    }
    code.invokestatic(NUMBERS, (form & 1) == 0 ? signed : unsigned, type);
  }

  private static void toFloat(CodeBuilder code, int form) {
    switch (form) {
      case 0 -> code.i2f();
      case 1 -> code.i2l().loadConstant(0xFFFF_FFFFL).land().l2f();
      case 2 -> code.l2f();
      default ->
          code.invokestatic(NUMBERS, "unsignedToFloat", MethodTypeDesc.of(CD_float, CD_long));
    }
  }

  private static void toDouble(CodeBuilder code, int form) {
    switch (form) {
      case 0 -> code.i2d();
      case 1 -> code.i2l().loadConstant(0xFFFF_FFFFL).land().l2d();
      case 2 -> code.l2d();
      default ->
          code.invokestatic(NUMBERS, "unsignedToDouble", MethodTypeDesc.of(CD_double, CD_long));
    }
  }

  private static ValueType reinterpret(CodeBuilder code, int opcode) {
    switch (opcode) {
      case 0xBC -> {
        Floats.toBits(code, ValueType.F32);
        return ValueType.I32;
      }
      case 0xBD -> {
        Floats.toBits(code, ValueType.F64);
        return ValueType.I64;
      }
      case 0xBE -> {
        Floats.fromBits(code, ValueType.F32);
        return ValueType.F32;
      }
      default -> {
        Floats.fromBits(code, ValueType.F64);
        return ValueType.F64;
      }
    }
  }

  private static ValueType extend(CodeBuilder code, int opcode) {
    switch (opcode) {
      case 0xC0 -> code.i2b();
      case 0xC1 -> code.i2s();
      case 0xC2 -> code.l2i().i2b().i2l();
      case 0xC3 -> code.l2i().i2s().i2l();
      case 0xC4 -> code.l2i().i2l();
      default -> throw new IllegalStateException("no conversion: " + opcode);
    }
    return opcode <= 0xC1 ? ValueType.I32 : ValueType.I64;
  }

  /// The saturating forms, after the prefix: 0 to 7.
  static void saturate(CodeBuilder code, OperandStack stack, int form) {
    stack.require(1);
    stack.drop(1);
    if ((form & 2) == 0) {
      code.f2d();
    }
    switch (form & 5) {
      case 0 -> code.d2i();
      case 1 -> code.invokestatic(NUMBERS, "saturateToUnsignedInt", DOUBLE_TO_INT);
      case 4 -> code.d2l();
      default -> code.invokestatic(NUMBERS, "saturateToUnsignedLong", DOUBLE_TO_LONG);
    }
    stack.push(form < 4 ? ValueType.I32 : ValueType.I64);
  }

  /// `abs`, `neg` and `copysign`.
  static void sign(CodeBuilder code, OperandStack stack, int opcode) {
    boolean single = opcode < 0x99;
    ValueType type = single ? ValueType.F32 : ValueType.F64;
    boolean copies = opcode == 0x98 || opcode == 0xA6;
    int operands = copies ? 2 : 1;
    stack.settle(operands);
    stack.drop(operands);
    var of = JvmTypes.of(type);
    if (copies) {
      code.invokestatic(NUMBERS, "copySign", MethodTypeDesc.of(of, of, of));
    } else if (opcode == 0x8B || opcode == 0x99) {
      code.invokestatic(MATH, "abs", MethodTypeDesc.of(of, of));
    } else if (single) {
      code.fneg();
    } else {
      code.dneg();
    }
    stack.push(type);
  }
}
