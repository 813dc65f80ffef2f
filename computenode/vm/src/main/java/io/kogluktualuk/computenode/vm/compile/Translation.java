package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Goes over the instructions of a function and has each written.
///
/// **Threading:** one thread, one method.
final class Translation {

  private final MethodContext context;
  private final CodeBuilder code;
  private final OperandStack stack;
  private final ControlFlow flow;
  private final Variables variables;
  private final int[] slots;
  private final WasmCursor cursor;
  private final @Nullable ChunkCalls chunks;

  Translation(
      MethodContext context,
      ControlFlow flow,
      Variables variables,
      int[] slots,
      WasmCursor cursor,
      @Nullable ChunkCalls chunks) {
    this.context = context;
    this.code = context.code;
    this.stack = context.stack;
    this.flow = flow;
    this.variables = variables;
    this.slots = slots;
    this.cursor = cursor;
    this.chunks = chunks;
  }

  /// To the end of the function.
  void run() {
    while (!flow.isDone()) {
      step();
    }
  }

  /// To the end of a chunk.
  void runTo(int end) {
    while (cursor.position() < end) {
      step();
    }
  }

  private void step() {
    int position = cursor.position();
    if (flow.isReachable() && chunks != null) {
      int behind = chunks.callAt(position);
      if (behind > position) {
        cursor.moveTo(behind);
        return;
      }
    }
    int opcode = cursor.readByte();
    if (flow.isReachable()) {
      translate(opcode, position);
    } else {
      pass(opcode);
    }
  }

  /// Code that is never reached.
  private void pass(int opcode) {
    int _ = Instructions.skipImmediates(cursor, opcode);
    switch (opcode) {
      case Instructions.BLOCK, Instructions.LOOP, Instructions.IF -> flow.openDead();
      case Instructions.ELSE -> {
        flow.otherwise();
        chargeNext();
      }
      case Instructions.END -> {
        flow.end();
        chargeNext();
      }
      default -> {}
    }
  }

  private void translate(int opcode, int position) {
    switch (opcode) {
      case Instructions.UNREACHABLE -> unreachable();
      case 0x01 -> {}
      case Instructions.BLOCK, Instructions.LOOP, Instructions.IF -> open(opcode, position);
      case Instructions.ELSE -> flow.otherwise();
      case Instructions.END -> flow.end();
      case Instructions.BR -> flow.branch(cursor.readIndex());
      case Instructions.BR_IF -> flow.branchIf(cursor.readIndex());
      case Instructions.BR_TABLE -> flow.branchTable(cursor);
      case Instructions.RETURN -> flow.returnFromFunction();
      case Instructions.CALL -> {
        int callee = cursor.readIndex();
        CallOps.call(context, callee, costHere());
        return;
      }
      case Instructions.CALL_INDIRECT -> {
        int type = cursor.readIndex();
        int table = cursor.readIndex();
        CallOps.callIndirect(context, type, table, costHere());
        return;
      }
      case Instructions.MEMORY_GROW -> {
        cursor.readByte();
        InstanceOps.memoryGrow(context, costHere());
        return;
      }
      case Instructions.EXTENDED -> {
        extended();
        return;
      }
      default -> {
        plain(opcode);
        return;
      }
    }
    if (opcode != Instructions.BLOCK && opcode != 0x01) {
      charge(opcode);
    }
  }

  private int costHere() {
    return context.plan.costAt(cursor.position());
  }

  private void charge(int opcode) {
    if (opcode == Instructions.LOOP) {
      context.chargeAndLook(costHere());
    } else {
      chargeNext();
    }
  }

  private void chargeNext() {
    if (flow.isReachable()) {
      context.charge(costHere());
    }
  }

  private void unreachable() {
    code.aload(context.instance).lload(context.fuel);
    code.invokevirtual(Machine.INSTANCE, "unreachable", Machine.MAKES_TRAP).athrow();
    flow.stop();
  }

  private void open(int opcode, int position) {
    Signature type = readBlockType();
    boolean loops = context.plan.loopsIn(position);
    switch (opcode) {
      case Instructions.BLOCK -> flow.openBlock(type.parameters(), type.results(), loops);
      case Instructions.LOOP ->
          flow.openLoop(type.parameters(), type.results(), context.plan.movesMemoryIn(position));
      default -> flow.openIf(type.parameters(), type.results(), loops);
    }
  }

  private Signature readBlockType() {
    int first = cursor.peekByte();
    if (first == 0x40) {
      cursor.readByte();
      return new Signature(List.of(), List.of());
    }
    if ((first & 0xC0) == 0x40) {
      List<ValueType> result = List.of(Instructions.readValueType(cursor));
      return new Signature(List.of(), Halves.of(result));
    }
    return context.layout.type(cursor.readIndex());
  }

  private void extended() {
    int opcode = cursor.readIndex();
    WasmCursor immediates = cursor.copy();
    if (opcode >= Instructions.MEMORY_INIT) {
      Instructions.skipExtendedImmediates(cursor, opcode);
    }
    InstanceOps.extended(context, opcode, immediates, costHere());
  }

  private void plain(int opcode) {
    switch (opcode) {
      case Instructions.DROP -> drop();
      case Instructions.SELECT -> select();
      case Instructions.SELECT_TYPED -> {
        int _ = Instructions.skipImmediates(cursor, opcode);
        select();
      }
      case Instructions.LOCAL_GET -> get(cursor.readIndex());
      case Instructions.LOCAL_SET -> set(cursor.readIndex());
      case Instructions.LOCAL_TEE -> {
        int local = cursor.readIndex();
        set(local);
        get(local);
      }
      case Instructions.GLOBAL_GET -> GlobalOps.get(context, cursor.readIndex());
      case Instructions.GLOBAL_SET -> GlobalOps.set(context, cursor.readIndex());
      case 0x25 -> InstanceOps.tableGet(context, cursor.readIndex());
      case 0x26 -> InstanceOps.tableSet(context, cursor.readIndex());
      case Instructions.MEMORY_SIZE -> {
        cursor.readByte();
        InstanceOps.memorySize(context);
      }
      case Instructions.I32_CONST -> constant(ValueType.I32, cursor.readS64(5));
      case Instructions.I64_CONST -> constant(ValueType.I64, cursor.readS64(10));
      case Instructions.F32_CONST -> constant(ValueType.F32, cursor.readLittleEndian(4));
      case Instructions.F64_CONST -> constant(ValueType.F64, cursor.readLittleEndian(8));
      case Instructions.REF_NULL -> constant(Instructions.readReferenceType(cursor), 0);
      case 0xD1 -> InstanceOps.isNull(context);
      case Instructions.REF_FUNC -> InstanceOps.functionReference(context, cursor.readIndex());
      default -> numeric(opcode);
    }
  }

  private void numeric(int opcode) {
    if (opcode == Instructions.VECTOR) {
      VectorOps.emit(context, cursor);
      return;
    }
    if (opcode <= 0x35) {
      MemoryOps.load(context, cursor, opcode);
    } else if (opcode <= 0x3E) {
      MemoryOps.store(context, cursor, opcode);
    } else if (opcode <= 0x66) {
      Comparisons.emit(code, stack, opcode);
    } else if (opcode <= 0x78) {
      IntegerOps.emitInt(code, stack, opcode);
    } else if (opcode <= 0x8A) {
      IntegerOps.emitLong(code, stack, opcode);
    } else if (FloatOps.isArithmetic(opcode)) {
      FloatOps.emit(code, stack, opcode);
    } else if (opcode <= 0xA6) {
      Conversions.sign(code, stack, opcode);
    } else {
      Conversions.emit(code, stack, opcode);
    }
  }

  private void constant(ValueType type, long bits) {
    stack.pushLater(Operand.constant(type, bits));
  }

  private void drop() {
    if (stack.peek(0).type() == ValueType.V128) {
      stack.discard();
    }
    stack.discard();
  }

  private void get(int local) {
    if (variables.isVector(local)) {
      stack.pushLater(Operand.local(ValueType.I64, slots[local], false));
      stack.pushLater(Operand.local(ValueType.V128, Variables.upper(slots[local]), false));
      return;
    }
    stack.pushLater(Operand.local(variables.type(local), slots[local], variables.isRaw(local)));
  }

  private void set(int local) {
    ValueType type = variables.type(local);
    if (type == ValueType.V128) {
      stack.require(2);
      stack.drop(2);
      code.lstore(Variables.upper(slots[local])).lstore(slots[local]);
      return;
    }
    if (variables.isRaw(local)) {
      stack.require(1);
    } else {
      stack.settle(1);
    }
    stack.drop(1);
    stack.flushLocal(slots[local]);
    code.storeLocal(JvmTypes.kind(type), slots[local]);
  }

  /// Of two values that lie on the JVM's stack, the upper goes when the condition holds.
  private void select() {
    Opcode condition = stack.takeCondition();
    if (stack.peek(0).type() == ValueType.V128) {
      VectorOps.select(context, condition);
      return;
    }
    Operand second = stack.peek(0);
    Operand first = stack.peek(1);
    boolean raw = first.raw() && second.raw();
    if (!first.isOnStack() || first.raw() != second.raw()) {
      int number = stack.scratch(TypeKind.INT, 2);
      if (condition != Opcode.IFNE) {
        stack.load(Operand.condition(condition));
      }
      code.istore(number);
      stack.settle(2);
      raw = false;
      code.iload(number);
      condition = Opcode.IFNE;
    }
    stack.drop(2);
    Label keep = code.newLabel();
    code.branch(condition, keep);
    if (JvmTypes.slots(first.type()) == 2) {
      code.dup2_x2().pop2().labelBinding(keep).pop2();
    } else {
      code.swap().labelBinding(keep).pop();
    }
    if (raw) {
      stack.pushRaw(first.type());
    } else {
      stack.push(first.type());
    }
  }
}
