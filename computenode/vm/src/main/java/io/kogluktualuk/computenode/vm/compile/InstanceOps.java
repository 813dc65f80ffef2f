package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/// References, tables, and bulk instructions: what the instance has or does.
final class InstanceOps {

  private InstanceOps() {}

  // ---- references --------------------------------------------------------------------------

  static void functionReference(MethodContext context, int function) {
    context.stack.flush();
    context
        .code
        .aload(context.instance)
        .loadConstant(function)
        .invokevirtual(Machine.INSTANCE, "function", Machine.FUNCTION);
    context.stack.push(ValueType.FUNCREF);
  }

  static void isNull(MethodContext context) {
    context.stack.require(1);
    context.stack.drop(1);
    context.stack.pushLater(Operand.condition(Opcode.IFNULL));
  }

  // ---- tables ------------------------------------------------------------------------------

  static void tableGet(MethodContext context, int table) {
    ValueType type = context.module.tables().get(table).element();
    call(context, "tableGet", MethodTypeDesc.of(CD_Object, CD_int, CD_int), 1, table);
    if (type == ValueType.FUNCREF) {
      context.code.checkcast(JvmTypes.FUNCTION_REF);
    }
    context.stack.push(type);
  }

  static void tableSet(MethodContext context, int table) {
    call(context, "tableSet", MethodTypeDesc.of(CD_void, CD_int, CD_Object, CD_int), 2, table);
  }

  // ---- memory size -------------------------------------------------------------------------

  static void memorySize(MethodContext context) {
    context.stack.flush();
    context.code.aload(context.instance).getfield(Machine.INSTANCE, "size", CD_int);
    context.code.bipush(16).iushr();
    context.stack.push(ValueType.I32);
  }

  static void memoryGrow(MethodContext context, int next) {
    call(context, "memoryGrow", Machine.ints(CD_int, 1), 1);
    context.memoryKnown = false;
    context.takeFuelBack(next);
    context.stack.push(ValueType.I32);
  }

  // ---- after the prefix --------------------------------------------------------------------

  /// @param next the cost of the piece behind the instruction, if one begins there
  static void extended(MethodContext context, int opcode, WasmCursor cursor, int next) {
    switch (opcode) {
      case 0, 1, 2, 3, 4, 5, 6, 7 -> Conversions.saturate(context.code, context.stack, opcode);
      case Instructions.DATA_DROP -> call(context, "dataDrop", ints(1), 0, cursor.readIndex());
      case Instructions.ELEM_DROP -> call(context, "elementDrop", ints(1), 0, cursor.readIndex());
      case Instructions.TABLE_SIZE -> {
        call(context, "tableSize", Machine.ints(CD_int, 1), 0, cursor.readIndex());
        context.stack.push(ValueType.I32);
      }
      default -> {
        charging(context, opcode, cursor);
        context.takeFuelBack(next);
        if (opcode == Instructions.TABLE_GROW) {
          context.stack.push(ValueType.I32);
        }
      }
    }
  }

  private static void charging(MethodContext context, int opcode, WasmCursor cursor) {
    switch (opcode) {
      case Instructions.MEMORY_INIT -> call(context, "memoryInit", ints(4), 3, cursor.readIndex());
      case Instructions.MEMORY_COPY -> call(context, "memoryCopy", ints(3), 3);
      case Instructions.MEMORY_FILL -> call(context, "memoryFill", ints(3), 3);
      case Instructions.TABLE_INIT -> {
        int segment = cursor.readIndex();
        call(context, "tableInit", ints(5), 3, cursor.readIndex(), segment);
      }
      case Instructions.TABLE_COPY -> {
        int target = cursor.readIndex();
        call(context, "tableCopy", ints(5), 3, target, cursor.readIndex());
      }
      case Instructions.TABLE_GROW ->
          call(
              context,
              "tableGrow",
              MethodTypeDesc.of(CD_int, CD_Object, CD_int, CD_int),
              2,
              cursor.readIndex());
      case Instructions.TABLE_FILL ->
          call(
              context,
              "tableFill",
              MethodTypeDesc.of(CD_void, CD_int, CD_Object, CD_int, CD_int),
              3,
              cursor.readIndex());
      default -> throw new IllegalStateException("no bulk instruction: " + opcode);
    }
  }

  private static MethodTypeDesc ints(int count) {
    return Machine.ints(CD_void, count);
  }

  /// Calls a method of the instance with operands and indices, with the fuel put aside.
  private static void call(
      MethodContext context, String method, MethodTypeDesc type, int operands, int... indices) {
    CodeBuilder code = context.code;
    OperandStack stack = context.stack;
    Operand[] taken = new Operand[operands];
    for (int i = operands - 1; i >= 0; i--) {
      taken[i] = stack.takeSettled(i);
    }
    stack.flush();
    context.putFuelAside();
    code.aload(context.instance);
    for (Operand operand : taken) {
      stack.load(operand);
    }
    for (int index : indices) {
      code.loadConstant(index);
    }
    ClassDesc owner = Machine.INSTANCE;
    code.invokevirtual(owner, method, type);
  }
}
