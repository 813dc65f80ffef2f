package io.kogluktualuk.computenode.vm.meter;

import io.kogluktualuk.computenode.vm.meter.Metering.Cell;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.DecodedModule.Body;
import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.OperandHeight;
import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.util.ArrayList;
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
    /// The function begins: take the fuel from the cell, charge, look whether any is left.
    ENTRY,
    /// Charge.
    PLAIN,
    /// A turn of a loop: charge, look whether any is left.
    LOOP,
    /// Somebody else had the fuel: take it from the cell, charge.
    RETURN
  }

  private final DecodedModule module;
  private final Metering metering;
  private final int function;
  private final boolean unhurried;
  private final WasmCursor cursor;
  private final List<ValueType> addedLocals = new ArrayList<>();
  private final Map<ValueType, Integer> scratch = new EnumMap<>(ValueType.class);
  private final ByteSink out;
  private final ByteSink piece = new ByteSink(256);
  private int cost;
  private Opening opening = Opening.ENTRY;
  private int nesting;
  private int locals;
  private int localGroups;
  private int fuel = -1;
  private int depth = -1;
  private boolean callsOthers;
  private boolean callsTables;

  FunctionMeter(DecodedModule module, int function, boolean unhurried, Metering metering) {
    this.module = module;
    this.metering = metering;
    this.function = function;
    this.unhurried = unhurried;
    Body body = module.bodies().get(function - module.importCount());
    this.cursor = new WasmCursor(module.bytes(), body.start(), body.end());
    this.out = new ByteSink((body.end() - body.start()) * 2);
  }

  ByteSink rewrite() {
    int declarations = cursor.position();
    readLocals();
    int code = cursor.position();
    callsOthers = scanForCalls(code);
    if (!unhurried) {
      fuel = addLocal(ValueType.I64);
    }
    if (callsOthers) {
      depth = addLocal(ValueType.I32);
      takeDepth();
    }
    if (!unhurried) {
      openWrapper();
    }
    rewriteCode();
    return assemble(declarations, code);
  }

  private void readLocals() {
    locals = module.signatureOf(function).parameters().size();
    localGroups = (int) cursor.readU32();
    for (int i = 0; i < localGroups; i++) {
      locals += (int) cursor.readU32();
      cursor.readByte();
    }
  }

  private boolean scanForCalls(int code) {
    boolean calls = false;
    Body body = module.bodies().get(function - module.importCount());
    WasmCursor scan = new WasmCursor(module.bytes(), code, body.end());
    while (!scan.atEnd()) {
      int opcode = scan.readByte();
      callsTables |= opcode == Instructions.CALL_INDIRECT;
      calls |= opcode == Instructions.CALL || opcode == Instructions.CALL_INDIRECT;
      Instructions.skipImmediates(scan, opcode);
    }
    return calls;
  }

  private int addLocal(ValueType type) {
    addedLocals.add(type);
    return locals + addedLocals.size() - 1;
  }

  private int scratch(ValueType type) {
    return scratch.computeIfAbsent(type, this::addLocal);
  }

  /// How much depth a call of this function takes: a unit for itself and two for each 128 bytes of
  /// locals and operands, which the frames of all tiers of the JVM hold in one form or another.
  ///
  /// Calls through a table need a frame more, and long code has frames with more spilled values, so
  /// both count as well.
  private int weight() {
    int operands = OperandHeight.of(module, cursor);
    int bytes = 8 * (2 * locals + 2 * operands);
    Body body = module.bodies().get(function - module.importCount());
    return 1 + (callsTables ? 2 : 0) + bytes / 64 + (body.end() - body.start()) / 512;
  }

  /// A branch to the function's own label must pass where the fuel is put back, so the code becomes
  /// a block; that label then has the index which the function's had.
  private void openWrapper() {
    piece.put(Instructions.BLOCK);
    List<ValueType> results = module.signatureOf(function).results();
    switch (results.size()) {
      case 0 -> piece.put(0x40);
      case 1 -> piece.put(results.getFirst().code());
      default -> piece.putS64(metering.blockType(results));
    }
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
      case Instructions.RETURN -> {
        putFuelAside();
        copyAndClose(start, 1);
      }
      case Instructions.UNREACHABLE, Instructions.BR, Instructions.BR_IF, Instructions.BR_TABLE ->
          copyAndClose(start, 1);
      case Instructions.CALL, Instructions.CALL_INDIRECT -> rewriteCall(start);
      case Instructions.MEMORY_GROW -> rewriteBulk(start);
      case Instructions.EXTENDED -> rewriteExtended(extended, start);
      default -> {
        copy(start, 1);
        canonicalise(opcode);
      }
    }
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
    if (!unhurried) {
      copyAndClose(start, 0); // The wrapper's end.
      putFuelAside();
    }
    piece.put(Instructions.END);
    closePiece(Opening.PLAIN);
  }

  private void rewriteCall(int start) {
    putFuelAside();
    local(Instructions.LOCAL_GET, depth);
    cell(Instructions.GLOBAL_SET, Cell.DEPTH);
    copy(start, 1);
    closePiece(unhurried ? Opening.PLAIN : Opening.RETURN);
  }

  /// The memory charges for what it does, so it must have the fuel.
  private void rewriteBulk(int start) {
    putFuelAside();
    copy(start, 1);
    closePiece(unhurried ? Opening.PLAIN : Opening.RETURN);
  }

  private void rewriteExtended(int extended, int start) {
    switch (extended) {
      case Instructions.MEMORY_INIT, Instructions.MEMORY_COPY, Instructions.MEMORY_FILL ->
          rewriteBulk(start);
      case Instructions.TABLE_INIT,
          Instructions.TABLE_COPY,
          Instructions.TABLE_GROW,
          Instructions.TABLE_FILL -> {
        putFuelAside();
        int count = scratch(ValueType.I32);
        local(Instructions.LOCAL_TEE, count);
        cell(Instructions.GLOBAL_SET, Cell.ELEMENTS);
        takeFuelBack();
        local(Instructions.LOCAL_GET, count);
        copy(start, 1);
        closePiece(unhurried ? Opening.PLAIN : Opening.RETURN);
      }
      default -> copy(start, 1);
    }
  }

  private void putFuelAside() {
    if (!unhurried) {
      local(Instructions.LOCAL_GET, fuel);
      cell(Instructions.GLOBAL_SET, Cell.FUEL);
    }
  }

  /// Should the instruction trap, the function's variable is what counts.
  private void takeFuelBack() {
    if (!unhurried) {
      cell(Instructions.GLOBAL_GET, Cell.FUEL);
      local(Instructions.LOCAL_SET, fuel);
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

  private void takeDepth() {
    cell(Instructions.GLOBAL_GET, Cell.DEPTH);
    piece.put(Instructions.I32_CONST).putS64(weight());
    piece.put(Instructions.I32_SUB);
    local(Instructions.LOCAL_TEE, depth);
    piece.put(Instructions.I32_CONST).put(0).put(Instructions.I32_LT_S);
    piece.put(Instructions.IF).put(0x40);
    fuelOnStack(piece);
    cell(Instructions.GLOBAL_SET, Cell.OVERFLOW);
    piece.put(Instructions.END);
  }

  private void fuelOnStack(ByteSink sink) {
    if (unhurried) {
      cell(sink, Instructions.GLOBAL_GET, Cell.FUEL);
    } else {
      local(sink, Instructions.LOCAL_GET, fuel);
    }
  }

  private void storeFuel() {
    if (unhurried) {
      cell(out, Instructions.GLOBAL_SET, Cell.FUEL);
    } else {
      local(out, Instructions.LOCAL_SET, fuel);
    }
  }

  private void closePiece(Opening next) {
    boolean fromCell = opening == Opening.ENTRY || opening == Opening.RETURN;
    if (cost > 0 || fromCell) {
      if (fromCell) {
        cell(out, Instructions.GLOBAL_GET, Cell.FUEL);
      } else {
        fuelOnStack(out);
      }
      out.put(Instructions.I64_CONST).putS64(cost).put(Instructions.I64_SUB);
      storeFuel();
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
    if (!unhurried) {
      cell(out, Instructions.GLOBAL_GET, Cell.FUEL);
      storeFuel();
    }
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
