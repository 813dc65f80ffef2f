package io.kogluktualuk.computenode.vm.meter;

import io.kogluktualuk.computenode.vm.meter.Metering.Cell;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.DecodedModule.Body;
import io.kogluktualuk.computenode.vm.module.FrameWeight;
import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.computenode.vm.module.VectorInstructions;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Rewrites one function; see [Metering] for what and why.
///
/// The code is cut into *pieces*. A piece is collected together with its cost; when it ends, what
/// stands before it (its *opening*) is written with that cost, then the piece itself.
///
/// **Threading:** one thread, one function.
final class FunctionMeter {

  /// What stands before a piece.
  private enum Opening {
    /// The function begins: charge, look whether any is left.
    ENTRY,
    /// Charge.
    PLAIN,
    /// A turn of a loop: charge, look whether any is left.
    LOOP
  }

  private final DecodedModule module;
  private final int function;
  private final WasmCursor cursor;
  private final List<ValueType> addedLocals = new ArrayList<>();
  private final Map<ValueType, Integer> scratch = new EnumMap<>(ValueType.class);
  private final ByteSink out;
  private final ByteSink piece = new ByteSink(256);
  private int cost;
  private Opening opening = Opening.ENTRY;
  private int nesting;
  private final BitSet vectors = new BitSet();
  private int locals;
  private int localGroups;
  private int depth = -1;

  FunctionMeter(DecodedModule module, int function) {
    this.module = module;
    this.function = function;
    Body body = module.bodies().get(function - module.importCount());
    this.cursor = new WasmCursor(module.bytes(), body.start(), body.end());
    this.out = new ByteSink((body.end() - body.start()) * 2);
  }

  ByteSink rewrite() {
    int declarations = cursor.position();
    readLocals();
    int code = cursor.position();
    int weight = FrameWeight.of(module, function);
    if (weight > 0) {
      depth = addLocal(ValueType.I32);
      takeDepth(weight);
    }
    rewriteCode();
    return assemble(declarations, code);
  }

  private void readLocals() {
    List<ValueType> parameters = module.signatureOf(function).parameters();
    locals = parameters.size();
    for (int i = 0; i < locals; i++) {
      vectors.set(i, parameters.get(i) == ValueType.V128);
    }
    localGroups = (int) cursor.readU32();
    for (int i = 0; i < localGroups; i++) {
      int count = (int) cursor.readU32();
      boolean vector = Instructions.readValueType(cursor) == ValueType.V128;
      vectors.set(locals, locals + count, vector);
      locals += count;
    }
  }

  private int addLocal(ValueType type) {
    addedLocals.add(type);
    return locals + addedLocals.size() - 1;
  }

  private int scratch(ValueType type) {
    return scratch.computeIfAbsent(type, this::addLocal);
  }

  private void rewriteCode() {
    do {
      int start = cursor.position();
      int opcode = cursor.readByte();
      int extended = Instructions.skipImmediates(cursor, opcode);
      rewrite(opcode, extended, start);
    } while (nesting >= 0);
  }

  private void rewrite(int opcode, int extended, int start) {
    switch (opcode) {
      case Instructions.BLOCK -> {
        nesting++;
        copy(start, 0);
      }
      case Instructions.LOOP -> {
        nesting++;
        copy(start, 0);
        closePiece(Opening.LOOP);
      }
      case Instructions.IF -> {
        nesting++;
        copyAndClose(start, 1);
      }
      case Instructions.ELSE -> copyAndClose(start, 0);
      case Instructions.END -> rewriteEnd(start);
      case Instructions.RETURN,
          Instructions.UNREACHABLE,
          Instructions.BR,
          Instructions.BR_IF,
          Instructions.BR_TABLE ->
          copyAndClose(start, 1);
      case Instructions.CALL, Instructions.CALL_INDIRECT -> rewriteCall(start);
      case Instructions.LOCAL_SET, Instructions.LOCAL_TEE -> rewriteSet(opcode, start);
      case Instructions.MEMORY_GROW -> rewriteBulk(start);
      case Instructions.EXTENDED -> rewriteExtended(extended, start);
      default -> {
        copy(start, 1);
        canonicalise(opcode);
      }
    }
  }

  /// The engine's interpreter exchanges the halves of a vector when it sets a variable; so they
  /// are exchanged before.
  private void rewriteSet(int opcode, int start) {
    int local = new WasmCursor(module.bytes(), start + 1, cursor.position()).readIndex();
    if (!vectors.get(local)) {
      copy(start, 1);
      return;
    }
    piece.put(Instructions.VECTOR).putU32(VectorInstructions.CONST);
    for (int i = 0; i < 16; i++) {
      piece.put(i ^ 8);
    }
    piece.put(Instructions.VECTOR).putU32(VectorInstructions.SWIZZLE);
    local(Instructions.LOCAL_SET, local);
    if (opcode == Instructions.LOCAL_TEE) {
      local(Instructions.LOCAL_GET, local);
    }
    cost++;
  }

  private void copy(int start, int fuelCost) {
    piece.put(module.bytes(), start, cursor.position());
    cost += fuelCost;
  }

  private void copyAndClose(int start, int fuelCost) {
    copy(start, fuelCost);
    closePiece(Opening.PLAIN);
  }

  private void rewriteEnd(int start) {
    nesting--;
    if (nesting >= 0) {
      copyAndClose(start, 0);
      return;
    }
    piece.put(Instructions.END);
    closePiece(Opening.PLAIN);
  }

  private void rewriteCall(int start) {
    local(Instructions.LOCAL_GET, depth);
    cell(Instructions.GLOBAL_SET, Cell.DEPTH);
    copy(start, 1);
    closePiece(Opening.PLAIN);
  }

  /// The memory charges for what it does, so it must have the fuel.
  private void rewriteBulk(int start) {
    copy(start, 1);
    closePiece(Opening.PLAIN);
  }

  private void rewriteExtended(int extended, int start) {
    switch (extended) {
      case Instructions.MEMORY_INIT, Instructions.MEMORY_COPY, Instructions.MEMORY_FILL ->
          rewriteBulk(start);
      case Instructions.TABLE_INIT,
          Instructions.TABLE_COPY,
          Instructions.TABLE_GROW,
          Instructions.TABLE_FILL -> {
        int count = scratch(ValueType.I32);
        local(Instructions.LOCAL_TEE, count);
        cell(Instructions.GLOBAL_SET, Cell.ELEMENTS);
        local(Instructions.LOCAL_GET, count);
        copy(start, 1);
        closePiece(Opening.PLAIN);
      }
      default -> copy(start, 1);
    }
  }

  private void canonicalise(int opcode) {
    ValueType type = FloatInstructions.makesNan(opcode);
    if (type == null || FloatInstructions.hidesBits(cursor)) {
      return;
    }
    int value = scratch(type);
    local(Instructions.LOCAL_TEE, value);
    if (type == ValueType.F32) {
      piece.put(Instructions.F32_CONST).putLittleEndian(FloatInstructions.NAN_32, 4);
    } else {
      piece.put(Instructions.F64_CONST).putLittleEndian(FloatInstructions.NAN_64, 8);
    }
    local(Instructions.LOCAL_GET, value);
    local(Instructions.LOCAL_GET, value);
    piece.put(type == ValueType.F32 ? Instructions.F32_EQ : Instructions.F64_EQ);
    piece.put(Instructions.SELECT);
  }

  private void local(int opcode, int index) {
    local(piece, opcode, index);
  }

  private static void local(ByteSink sink, int opcode, int index) {
    sink.put(opcode).putU32(index);
  }

  private void cell(int opcode, Cell cell) {
    cell(piece, opcode, cell);
  }

  private void cell(ByteSink sink, int opcode, Cell cell) {
    sink.put(opcode).putU32(module.globalCount() + cell.ordinal());
  }

  private void takeDepth(int weight) {
    cell(Instructions.GLOBAL_GET, Cell.DEPTH);
    piece.put(Instructions.I32_CONST).putS64(weight);
    piece.put(Instructions.I32_SUB);
    local(Instructions.LOCAL_TEE, depth);
    piece.put(Instructions.I32_CONST).put(0).put(Instructions.I32_LT_S);
    piece.put(Instructions.IF).put(0x40);
    fuelOnStack(piece);
    cell(Instructions.GLOBAL_SET, Cell.OVERFLOW);
    piece.put(Instructions.END);
  }

  private void fuelOnStack(ByteSink sink) {
    cell(sink, Instructions.GLOBAL_GET, Cell.FUEL);
  }

  private void closePiece(Opening next) {
    if (cost > 0) {
      fuelOnStack(out);
      out.put(Instructions.I64_CONST).putS64(cost).put(Instructions.I64_SUB);
      cell(out, Instructions.GLOBAL_SET, Cell.FUEL);
    }
    if (opening == Opening.ENTRY || opening == Opening.LOOP) {
      requireFuel();
    }
    out.put(piece);
    piece.clear();
    cost = 0;
    opening = next;
  }

  private void requireFuel() {
    fuelOnStack(out);
    out.put(Instructions.I64_CONST).put(0).put(Instructions.I64_LT_S);
    out.put(Instructions.IF).put(0x40);
    fuelOnStack(out);
    cell(out, Instructions.GLOBAL_SET, Cell.REFUEL);
    out.put(Instructions.END);
  }

  private ByteSink assemble(int declarations, int code) {
    ByteSink body = new ByteSink(out.size() + 64);
    WasmCursor groups = new WasmCursor(module.bytes(), declarations, code);
    groups.readU32();
    body.putU32((long) localGroups + addedLocals.size());
    body.put(module.bytes(), groups.position(), code);
    for (ValueType added : addedLocals) {
      body.putU32(1).put(added.code());
    }
    return body.put(out);
  }
}
