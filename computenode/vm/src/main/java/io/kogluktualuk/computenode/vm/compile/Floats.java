package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.MethodTypeDesc;

/// Bits of floating-point numbers.
final class Floats {

  private Floats() {}

  /// Class files may lose the bits of a NaN, so it is made from its bits.
  static void loadConstant(CodeBuilder code, int bits) {
    float value = Float.intBitsToFloat(bits);
    if (Float.isNaN(value)) {
      code.loadConstant(bits);
      fromBits(code, ValueType.F32);
    } else {
      code.loadConstant(value);
    }
  }

  static void loadConstant(CodeBuilder code, long bits) {
    double value = Double.longBitsToDouble(bits);
    if (Double.isNaN(value)) {
      code.loadConstant(bits);
      fromBits(code, ValueType.F64);
    } else {
      code.loadConstant(value);
    }
  }

  static boolean isNan(ValueType type, long bits) {
    return type == ValueType.F32
        ? Float.isNaN(Float.intBitsToFloat((int) bits))
        : Double.isNaN(Double.longBitsToDouble(bits));
  }

  static void fromBits(CodeBuilder code, ValueType type) {
    if (type == ValueType.F32) {
      code.invokestatic(
          JvmTypes.of(Float.class), "intBitsToFloat", MethodTypeDesc.of(CD_float, CD_int));
    } else {
      code.invokestatic(
          JvmTypes.of(Double.class), "longBitsToDouble", MethodTypeDesc.of(CD_double, CD_long));
    }
  }

  static void toBits(CodeBuilder code, ValueType type) {
    if (type == ValueType.F32) {
      code.invokestatic(
          JvmTypes.of(Float.class), "floatToRawIntBits", MethodTypeDesc.of(CD_int, CD_float));
    } else {
      code.invokestatic(
          JvmTypes.of(Double.class), "doubleToRawLongBits", MethodTypeDesc.of(CD_long, CD_double));
    }
  }

  /// Replaces a NaN on the stack by the canonical one.
  static void makeCanonical(CodeBuilder code, ValueType type) {
    Label done = code.newLabel();
    if (type == ValueType.F32) {
      code.dup().dup().fcmpl().ifeq(done).pop().loadConstant(Float.NaN);
    } else {
      code.dup2().dup2().dcmpl().ifeq(done).pop2().loadConstant(Double.NaN);
    }
    code.labelBinding(done);
  }
}
