package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_short;

import io.kogluktualuk.computenode.vm.compile.VectorOps.Vector;
import io.kogluktualuk.computenode.vm.machine.LaneShapes;
import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.computenode.vm.module.VectorInstructions;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/// Vector instructions that read or write memory: checked as a whole before anything is moved.
///
/// **Threading:** one thread, one instruction.
final class VectorMemory {

  private static final String[] WIDENING = {
    "widenBytes",
    "widenBytesUnsigned",
    "widenShorts",
    "widenShortsUnsigned",
    "widenInts",
    "widenIntsUnsigned"
  };
  private static final MethodTypeDesc WIDEN = MethodTypeDesc.of(CD_long, CD_long, CD_int);

  /// Variables for a moment that [OperandStack#take] of two vectors and an address leaves alone.
  private static final int INDEX = 1;

  private static final int LOADED = 5;

  private final MethodContext context;
  private final CodeBuilder code;
  private final OperandStack stack;
  private final long offset;

  private VectorMemory(MethodContext context, long offset) {
    this.context = context;
    this.code = context.code;
    this.stack = context.stack;
    this.offset = offset;
  }

  static void emit(MethodContext context, WasmCursor cursor, int number) {
    cursor.readU32();
    VectorMemory memory = new VectorMemory(context, cursor.readU32());
    if (number == VectorInstructions.STORE) {
      memory.store();
    } else if (number >= VectorInstructions.STORE8_LANE
        && number <= VectorInstructions.STORE64_LANE) {
      memory.storeLane(8 << number - VectorInstructions.STORE8_LANE, cursor.readByte());
    } else if (number >= VectorInstructions.LOAD8_LANE
        && number <= VectorInstructions.LOAD64_LANE) {
      memory.loadLane(8 << number - VectorInstructions.LOAD8_LANE, cursor.readByte());
    } else {
      memory.load(number);
    }
  }

  // ---- whole vectors -----------------------------------------------------------------------

  private void load(int number) {
    Operand address = stack.take(0);
    stack.flush();
    switch (number) {
      case VectorInstructions.LOAD -> {
        checkWhole(address);
        half(0);
        half(8);
      }
      case 7, 8, 9, VectorInstructions.LOAD64_SPLAT -> {
        int width = 8 << number - 7;
        read(address, width);
        LaneOps.repeat(code, width);
      }
      case VectorInstructions.LOAD32_ZERO, VectorInstructions.LOAD64_ZERO -> {
        read(address, number == VectorInstructions.LOAD32_ZERO ? 32 : 64);
        code.lconst_0();
      }
      default -> widen(address, WIDENING[number - 1]);
    }
    push();
  }

  private void push() {
    stack.push(ValueType.I64);
    stack.push(ValueType.V128);
  }

  /// Leaves the index of 16 bytes in a variable.
  private void checkWhole(Operand address) {
    MemoryOps.requireLow(context, address, offset);
    context.knowMemory();
    MemoryOps.index(context, address, offset, 16);
    code.istore(stack.scratch(TypeKind.INT, INDEX));
  }

  private void half(int behind) {
    MemoryOps.begin(context, "LONG");
    index(behind);
    MemoryOps.get(code, CD_long);
  }

  private void index(int behind) {
    code.iload(stack.scratch(TypeKind.INT, INDEX));
    if (behind > 0) {
      code.loadConstant(behind).iadd();
    }
  }

  private void store() {
    Vector vector = VectorOps.take(stack, 0);
    Operand address = stack.take(0);
    checkWhole(address);
    MemoryOps.begin(context, "LONG");
    index(0);
    stack.load(vector.lower());
    MemoryOps.set(code, CD_long);
    MemoryOps.begin(context, "LONG");
    index(8);
    stack.load(vector.upper());
    MemoryOps.set(code, CD_long);
  }

  private void widen(Operand address, String method) {
    ClassDesc shapes = JvmTypes.of(LaneShapes.class);
    int loaded = stack.scratch(TypeKind.LONG, LOADED);
    read(address, 64);
    code.lstore(loaded).lload(loaded).iconst_0().invokestatic(shapes, method, WIDEN);
    code.lload(loaded).loadConstant(32).invokestatic(shapes, method, WIDEN);
  }

  // ---- single lanes ------------------------------------------------------------------------

  /// Leaves this many bits on the JVM's stack, with nothing above them in the long.
  private void read(Operand address, int width) {
    MemoryOps.requireLow(context, address, offset);
    MemoryOps.begin(context, accessor(width));
    MemoryOps.index(context, address, offset, width / 8);
    switch (width) {
      case 64 -> MemoryOps.get(code, CD_long);
      case 32 -> {
        MemoryOps.get(code, CD_int);
        code.i2l();
      }
      case 16 -> {
        MemoryOps.get(code, CD_short);
        code.i2l();
      }
      default -> code.baload().i2l();
    }
    if (width < 64) {
      code.loadConstant(LaneOps.mask(width)).land();
    }
  }

  private static String accessor(int width) {
    return switch (width) {
      case 64 -> "LONG";
      case 32 -> "INT";
      case 16 -> "SHORT";
      default -> "";
    };
  }

  private void loadLane(int width, int lane) {
    Vector vector = VectorOps.take(stack, 0);
    Operand address = stack.take(0);
    stack.flush();
    int loaded = stack.scratch(TypeKind.LONG, LOADED);
    read(address, width);
    code.lstore(loaded);
    LaneOps.replace(context, vector, width, lane, () -> code.lload(loaded));
  }

  private void storeLane(int width, int lane) {
    Vector vector = VectorOps.take(stack, 0);
    Operand address = stack.take(0);
    MemoryOps.requireLow(context, address, offset);
    MemoryOps.begin(context, accessor(width));
    MemoryOps.index(context, address, offset, width / 8);
    int bit = lane * width;
    stack.load(bit < 64 ? vector.lower() : vector.upper());
    if ((bit & 63) > 0) {
      code.loadConstant(bit & 63).lushr();
    }
    write(width);
  }

  private void write(int width) {
    switch (width) {
      case 64 -> MemoryOps.set(code, CD_long);
      case 32 -> {
        code.l2i();
        MemoryOps.set(code, CD_int);
      }
      case 16 -> {
        code.l2i().i2s();
        MemoryOps.set(code, CD_short);
      }
      default -> code.l2i().bastore();
    }
  }
}
