package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.util.BitSet;
import java.util.List;

/// Two arrays through which the methods of one function share its variables, and the values that
/// branches from one to another carry: numbers, as bits, and references.
///
/// The place of a variable is its place among the values of the compiler, that of a carried value
/// is behind them.
///
/// **Threading:** one thread, one method.
record SharedFrame(MethodContext context, Variables variables, int numbers, int references) {

  /// A chunk takes the instance, the depth, the fuel and the two arrays; it returns 0 when it
  /// falls through, else 1 + the construct that it branches to.
  static final MethodTypeDesc CHUNK =
      MethodTypeDesc.of(
          CD_int, ClassLayout.MODULE, CD_int, CD_long, Machine.NUMBERS, CD_Object.arrayType());

  /// The frame of a function that has chunks, which it makes when it is entered.
  static SharedFrame create(MethodContext context, Variables variables, int carried) {
    CodeBuilder code = context.code;
    int numbers = code.allocateLocal(TypeKind.REFERENCE);
    int references = code.allocateLocal(TypeKind.REFERENCE);
    int length = variables.placeCount() + carried;
    code.loadConstant(length).newarray(TypeKind.LONG).astore(numbers);
    code.loadConstant(length).anewarray(CD_Object).astore(references);
    return new SharedFrame(context, variables, numbers, references);
  }

  /// The frame that a chunk was given.
  static SharedFrame given(MethodContext context, Variables variables) {
    CodeBuilder code = context.code;
    return new SharedFrame(context, variables, code.parameterSlot(3), code.parameterSlot(4));
  }

  void storeVariables(BitSet which, int[] slots) {
    which.stream()
        .forEach(
            i -> {
              store(variables.type(i), variables.places()[i], slots[i]);
              if (variables.isVector(i)) {
                store(ValueType.V128, variables.places()[i] + 1, Variables.upper(slots[i]));
              }
            });
  }

  private void store(ValueType type, int place, int slot) {
    CodeBuilder code = context.code;
    code.aload(type.isReference() ? references : numbers).loadConstant(place);
    code.loadLocal(JvmTypes.kind(type), slot);
    if (type.isReference()) {
      code.aastore();
    } else {
      Results.toBits(code, type);
      code.lastore();
    }
  }

  void loadVariables(BitSet which, int[] slots) {
    which.stream()
        .forEach(
            i -> {
              load(variables.type(i), variables.places()[i]);
              context.code.storeLocal(JvmTypes.kind(variables.type(i)), slots[i]);
              if (variables.isVector(i)) {
                load(ValueType.V128, variables.places()[i] + 1);
                context.code.lstore(Variables.upper(slots[i]));
              }
            });
  }

  private void load(ValueType type, int place) {
    CodeBuilder code = context.code;
    code.aload(type.isReference() ? references : numbers).loadConstant(place);
    if (type.isReference()) {
      code.aaload();
      if (type == ValueType.FUNCREF) {
        code.checkcast(JvmTypes.FUNCTION_REF);
      }
    } else {
      code.laload();
      Results.fromBits(code, type);
    }
  }

  /// Stores values from the JVM's stack.
  void storeCarried(List<ValueType> types) {
    CodeBuilder code = context.code;
    for (int i = types.size() - 1; i >= 0; i--) {
      ValueType type = types.get(i);
      TypeKind kind = type.isReference() ? TypeKind.REFERENCE : TypeKind.LONG;
      if (!type.isReference()) {
        Results.toBits(code, type);
      }
      int slot = context.stack.scratch(kind, 0);
      code.storeLocal(kind, slot).aload(type.isReference() ? references : numbers);
      code.loadConstant(variables.placeCount() + i).loadLocal(kind, slot).arrayStore(kind);
    }
  }

  /// Pushes them again.
  void loadCarried(List<ValueType> types) {
    for (int i = 0; i < types.size(); i++) {
      load(types.get(i), variables.placeCount() + i);
      context.stack.push(types.get(i));
    }
  }
}
