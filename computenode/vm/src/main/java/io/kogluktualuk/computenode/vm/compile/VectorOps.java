package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.kogluktualuk.computenode.vm.compile.VectorTable.Entry;
import io.kogluktualuk.computenode.vm.machine.LaneShapes;
import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.computenode.vm.module.VectorInstructions;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Vector instructions, on vectors as two halves of 64 bits.
///
/// Bitwise instructions and those on lanes of 64 bits are the JVM's own; others are small methods
/// of the machine, called for each half, which the JIT inlines. Nothing is allocated.
///
/// **Threading:** one thread, one instruction.
final class VectorOps {

  private static final ClassDesc SHAPES = JvmTypes.of(LaneShapes.class);

  /// A vector, each half wherever it is.
  record Vector(Operand lower, Operand upper) {}

  private final MethodContext context;
  private final CodeBuilder code;
  private final OperandStack stack;

  private VectorOps(MethodContext context) {
    this.context = context;
    this.code = context.code;
    this.stack = context.stack;
  }

  /// The instruction behind the prefix.
  static void emit(MethodContext context, WasmCursor cursor) {
    int number = VectorInstructions.read(cursor);
    if (VectorInstructions.isAccess(number)) {
      VectorMemory.emit(context, cursor, number);
    } else if (number >= VectorInstructions.SPLAT_FIRST && number <= VectorInstructions.LANE_LAST) {
      LaneOps.emit(context, cursor, number);
    } else {
      new VectorOps(context).emit(cursor, number);
    }
  }

  private void emit(WasmCursor cursor, int number) {
    switch (number) {
      case VectorInstructions.CONST -> {
        stack.pushLater(Operand.constant(ValueType.I64, cursor.readLittleEndian(8)));
        stack.pushLater(Operand.constant(ValueType.V128, cursor.readLittleEndian(8)));
      }
      case VectorInstructions.SHUFFLE ->
          shuffle(cursor.readLittleEndian(8), cursor.readLittleEndian(8));
      case VectorInstructions.SWIZZLE -> swizzle();
      case VectorInstructions.BITSELECT -> bitselect();
      case VectorInstructions.NOT -> halves(1, _ -> code.loadConstant(-1L).lxor());
      case 78 -> halves(2, _ -> code.land());
      case 79 -> halves(2, _ -> code.loadConstant(-1L).lxor().land());
      case 80 -> halves(2, _ -> code.lor());
      case 81 -> halves(2, _ -> code.lxor());
      case 206 -> halves(2, _ -> code.ladd());
      case 209 -> halves(2, _ -> code.lsub());
      case 213 -> halves(2, _ -> code.lmul());
      default -> call(Objects.requireNonNull(VectorTable.INSTANCE.find(number)));
    }
  }

  // ---- operands ----------------------------------------------------------------------------

  static Vector take(OperandStack stack, int ordinal) {
    Operand upper = stack.take(ordinal + 1);
    return new Vector(stack.take(ordinal), upper);
  }

  /// Takes this many vectors, the first of them lowest on the stack, and loads what is below.
  private List<Vector> take(int count) {
    List<Vector> taken = new ArrayList<>();
    for (int i = count - 1; i >= 0; i--) {
      taken.addFirst(take(stack, 2 * i));
    }
    stack.flush();
    return taken;
  }

  private void pushHalves() {
    stack.push(ValueType.I64);
    stack.push(ValueType.V128);
  }

  /// What is done to a half of each operand, which have just been loaded.
  private interface HalfWriter {
    void write(int part);
  }

  private void halves(int operands, HalfWriter writer) {
    List<Vector> taken = take(operands);
    taken.forEach(each -> stack.load(each.lower()));
    writer.write(0);
    taken.forEach(each -> stack.load(each.upper()));
    writer.write(32);
    pushHalves();
  }

  private void load(Vector vector) {
    stack.load(vector.lower());
    stack.load(vector.upper());
  }

  // ---- by the table ------------------------------------------------------------------------

  private void call(Entry entry) {
    switch (entry.form()) {
      case UNARY -> halves(1, _ -> invoke(entry, CD_long, CD_long));
      case BINARY -> halves(2, _ -> invoke(entry, CD_long, CD_long, CD_long));
      case SHIFT -> {
        Operand count = stack.take(0);
        halves(
            1,
            _ -> {
              stack.load(count);
              invoke(entry, CD_long, CD_long, CD_int);
            });
      }
      case TEST -> {
        load(take(1).getFirst());
        invoke(entry, CD_int, CD_long, CD_long);
        stack.push(ValueType.I32);
      }
      case NARROW -> {
        for (Vector each : take(2)) {
          load(each);
          invoke(entry, CD_long, CD_long, CD_long);
        }
        pushHalves();
      }
      case PACK -> {
        load(take(1).getFirst());
        invoke(entry, CD_long, CD_long, CD_long);
        code.lconst_0();
        pushHalves();
      }
      case WIDEN_LOWER -> widen(entry, false, CD_long, CD_int);
      case WIDEN_UPPER -> widen(entry, true, CD_long, CD_int);
      case PRODUCT_LOWER -> widen(entry, false, CD_long, CD_long, CD_int);
      case PRODUCT_UPPER -> widen(entry, true, CD_long, CD_long, CD_int);
    }
  }

  /// @param parameters a half of each operand, and the part of it
  private void widen(Entry entry, boolean upper, ClassDesc... parameters) {
    List<Vector> taken = take(parameters.length - 1);
    for (int part = 0; part <= 32; part += 32) {
      taken.forEach(each -> stack.load(upper ? each.upper() : each.lower()));
      code.loadConstant(part);
      invoke(entry, CD_long, parameters);
    }
    pushHalves();
  }

  private void invoke(Entry entry, ClassDesc result, ClassDesc... parameters) {
    MethodTypeDesc type = MethodTypeDesc.of(result, parameters);
    if (entry.high() != 0) {
      code.loadConstant(entry.high());
      type = type.insertParameterTypes(parameters.length, CD_long);
    }
    code.invokestatic(entry.owner(), entry.method(), type);
  }

  // ---- others ------------------------------------------------------------------------------

  private void shuffle(long lower, long upper) {
    List<Vector> taken = take(2);
    MethodTypeDesc type = MethodTypeDesc.of(CD_long, CD_long, CD_long, CD_long, CD_long, CD_long);
    for (long numbers : new long[] {lower, upper}) {
      taken.forEach(this::load);
      code.loadConstant(numbers).invokestatic(SHAPES, "shuffle", type);
    }
    pushHalves();
  }

  private void swizzle() {
    List<Vector> taken = take(2);
    MethodTypeDesc type = MethodTypeDesc.of(CD_long, CD_long, CD_long, CD_long);
    Vector numbers = taken.getLast();
    for (Operand half : List.of(numbers.lower(), numbers.upper())) {
      load(taken.getFirst());
      stack.load(half);
      code.invokestatic(SHAPES, "swizzle", type);
    }
    pushHalves();
  }

  /// Bits of the first operand where the third has ones, else of the second.
  private void bitselect() {
    List<Vector> taken = take(3);
    select(taken.get(0).lower(), taken.get(1).lower(), taken.get(2).lower());
    select(taken.get(0).upper(), taken.get(1).upper(), taken.get(2).upper());
    pushHalves();
  }

  private void select(Operand first, Operand second, Operand mask) {
    stack.load(first);
    stack.load(second);
    code.lxor();
    stack.load(mask);
    code.land();
    stack.load(second);
    code.lxor();
  }

  /// Of two vectors the first when the condition holds, which has been taken.
  static void select(MethodContext context, Opcode condition) {
    new VectorOps(context).select(condition);
  }

  private void select(Opcode condition) {
    int number = stack.scratch(TypeKind.INT, 2);
    if (condition != Opcode.IFNE) {
      stack.load(Operand.condition(condition));
    }
    code.istore(number);
    List<Vector> taken = take(2);
    Label other = code.newLabel();
    Label done = code.newLabel();
    code.iload(number).ifeq(other);
    load(taken.getFirst());
    code.goto_(done).labelBinding(other);
    load(taken.getLast());
    code.labelBinding(done);
    pushHalves();
  }
}
