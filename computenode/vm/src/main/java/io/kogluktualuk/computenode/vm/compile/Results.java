package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_Object;

import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.List;

/// Results of a function that has more than one: they pass through arrays of the instance.
final class Results {

  private Results() {}

  static ClassDesc returned(List<ValueType> results) {
    return results.size() == 1 ? JvmTypes.of(results.getFirst()) : ConstantDescs.CD_void;
  }

  /// Stores what is on the JVM's stack.
  static void store(MethodContext context, List<ValueType> results) {
    CodeBuilder code = context.code;
    for (int i = results.size() - 1; i >= 0; i--) {
      ValueType type = results.get(i);
      TypeKind kind = JvmTypes.kind(type);
      if (!type.isReference()) {
        toBits(code, type);
      }
      TypeKind stored = type.isReference() ? kind : TypeKind.LONG;
      int slot = context.stack.scratch(stored, 0);
      code.storeLocal(stored, slot);
      array(context, type).loadConstant(i).loadLocal(stored, slot).arrayStore(stored);
    }
  }

  static void load(MethodContext context, List<ValueType> results) {
    CodeBuilder code = context.code;
    for (int i = 0; i < results.size(); i++) {
      ValueType type = results.get(i);
      array(context, type).loadConstant(i);
      if (type.isReference()) {
        code.aaload();
        if (type == ValueType.FUNCREF) {
          code.checkcast(JvmTypes.FUNCTION_REF);
        }
      } else {
        code.laload();
        fromBits(code, type);
      }
      context.stack.push(type);
    }
  }

  private static CodeBuilder array(MethodContext context, ValueType type) {
    CodeBuilder code = context.code.aload(context.instance);
    return type.isReference()
        ? code.getfield(Machine.INSTANCE, "references", CD_Object.arrayType())
        : code.getfield(Machine.INSTANCE, "numbers", Machine.NUMBERS);
  }

  /// A number as the low bits of a long.
  static void toBits(CodeBuilder code, ValueType type) {
    switch (type) {
      case I32 -> code.i2l();
      case F32 -> {
        Floats.toBits(code, type);
        code.i2l();
      }
      case F64 -> Floats.toBits(code, type);
      default -> {}
    }
  }

  static void fromBits(CodeBuilder code, ValueType type) {
    switch (type) {
      case I32 -> code.l2i();
      case F32 -> {
        code.l2i();
        Floats.fromBits(code, type);
      }
      case F64 -> Floats.fromBits(code, type);
      default -> {}
    }
  }
}
