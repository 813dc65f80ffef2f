package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.kogluktualuk.computenode.vm.machine.FunctionRef;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;

/// What values of Wasm are in the JVM.
///
/// Integers and floats are the JVM's own; of a vector it has two halves, see [Halves]. References
/// to functions are [FunctionRef], others any object; null is null.
final class JvmTypes {

  static final ClassDesc FUNCTION_REF = of(FunctionRef.class);

  private JvmTypes() {}

  static ClassDesc of(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }

  static ClassDesc of(ValueType type) {
    return switch (type) {
      case I32 -> CD_int;
      case I64, V128 -> CD_long;
      case F32 -> CD_float;
      case F64 -> CD_double;
      case FUNCREF -> FUNCTION_REF;
      case EXTERNREF -> CD_Object;
    };
  }

  static TypeKind kind(ValueType type) {
    return switch (type) {
      case I32 -> TypeKind.INT;
      case I64, V128 -> TypeKind.LONG;
      case F32 -> TypeKind.FLOAT;
      case F64 -> TypeKind.DOUBLE;
      case FUNCREF, EXTERNREF -> TypeKind.REFERENCE;
    };
  }

  /// JVM slots that a value takes, on the stack as in variables.
  static int slots(ValueType type) {
    return kind(type).slotSize();
  }
}
