package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/// Calls that leave the instance.
///
/// Of the host's functions most take and return a number or two: they are called with an array of
/// arguments. All other calls are packed, by a method for each type: numbers in one array,
/// references in another, each at its place.
final class OutsidePackets {

  private static final MethodTypeDesc CALL_HOST =
      MethodTypeDesc.of(CD_long, CD_int, Machine.NUMBERS);
  private static final MethodTypeDesc CALLS_INSTANCE = MethodTypeDesc.of(CD_boolean, CD_int);
  private static final MethodTypeDesc CALL =
      Machine.nothing(Machine.NUMBERS, Machine.REFERENCES, CD_int, CD_long);
  private static final MethodTypeDesc TAKE_RESULTS =
      Machine.nothing(Machine.NUMBERS, Machine.REFERENCES, CD_int);

  private OutsidePackets() {}

  // ---- imports -----------------------------------------------------------------------------

  /// The body of an imported function, of which only its instance knows whose it is.
  static void writeImport(CodeBuilder code, ClassLayout layout, int function) {
    Signature signature = layout.signatureOf(function);
    int instance = code.parameterSlot(signature.parameters().size());
    if (!isPlain(signature)) {
      Label ready = code.newLabel();
      code.aload(instance).loadConstant(function);
      code.invokevirtual(Machine.INSTANCE, "callsInstance", CALLS_INSTANCE).ifne(ready);
      code.aload(instance).loadConstant(function);
      code.invokevirtual(Machine.INSTANCE, "callsHost", Machine.nothing(CD_int));
      code.labelBinding(ready);
      IndirectCalls.callOutside(code, layout, function);
      return;
    }
    Label host = code.newLabel();
    code.aload(instance).loadConstant(function);
    code.invokevirtual(Machine.INSTANCE, "callsInstance", CALLS_INSTANCE).ifeq(host);
    IndirectCalls.callOutside(code, layout, function);
    code.labelBinding(host);
    callHost(code, function, signature);
  }

  private static boolean isPlain(Signature signature) {
    List<ValueType> results = signature.results();
    return results.size() <= 1
        && signature.parameters().stream().noneMatch(ValueType::isReference)
        && results.stream().noneMatch(ValueType::isReference);
  }

  private static void callHost(CodeBuilder code, int function, Signature signature) {
    List<ValueType> parameters = signature.parameters();
    int count = parameters.size();
    int instance = code.parameterSlot(count);
    code.aload(instance).lload(code.parameterSlot(count + 2));
    code.putfield(Machine.INSTANCE, "fuel", CD_long);
    code.aload(instance).loadConstant(function).loadConstant(count).newarray(TypeKind.LONG);
    for (int i = 0; i < count; i++) {
      code.dup().loadConstant(i);
      code.loadLocal(JvmTypes.kind(parameters.get(i)), code.parameterSlot(i));
      Results.toBits(code, parameters.get(i));
      code.lastore();
    }
    code.invokevirtual(Machine.INSTANCE, "callHost", CALL_HOST);
    if (signature.results().isEmpty()) {
      code.pop2().return_();
    } else {
      ValueType result = signature.results().getFirst();
      Results.fromBits(code, result);
      code.return_(JvmTypes.kind(result));
    }
  }

  // ---- packed calls ------------------------------------------------------------------------

  /// The body of the method that calls whoever the instance says is next.
  static void writeCall(CodeBuilder code, Signature signature) {
    List<ValueType> parameters = signature.parameters();
    List<ValueType> results = signature.results();
    int count = parameters.size();
    int places = Math.max(count, results.size());
    int instance = code.parameterSlot(count);
    int numbers = code.allocateLocal(TypeKind.REFERENCE);
    int references = code.allocateLocal(TypeKind.REFERENCE);
    code.loadConstant(places).newarray(TypeKind.LONG).astore(numbers);
    code.loadConstant(places).anewarray(CD_Object).astore(references);
    for (int i = 0; i < count; i++) {
      store(code, parameters.get(i), i, parameters.get(i).isReference() ? references : numbers);
    }
    code.aload(instance).aload(numbers).aload(references);
    code.iload(code.parameterSlot(count + 1)).lload(code.parameterSlot(count + 2));
    code.invokevirtual(Machine.INSTANCE, "callOutside", CALL);
    if (results.size() == 1) {
      load(code, results.getFirst(), results.getFirst().isReference() ? references : numbers);
    } else if (!results.isEmpty()) {
      code.aload(instance).aload(numbers).aload(references).loadConstant(results.size());
      code.invokevirtual(Machine.INSTANCE, "takeResults", TAKE_RESULTS);
    }
    code.return_(results.size() == 1 ? JvmTypes.kind(results.getFirst()) : TypeKind.VOID);
  }

  private static void store(CodeBuilder code, ValueType type, int place, int array) {
    code.aload(array).loadConstant(place);
    code.loadLocal(JvmTypes.kind(type), code.parameterSlot(place));
    if (type.isReference()) {
      code.aastore();
    } else {
      Results.toBits(code, type);
      code.lastore();
    }
  }

  private static void load(CodeBuilder code, ValueType type, int array) {
    code.aload(array).iconst_0();
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
}
