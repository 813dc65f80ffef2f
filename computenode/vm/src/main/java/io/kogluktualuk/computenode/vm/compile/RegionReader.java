package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.OperandHeight;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.util.ArrayDeque;
import java.util.Deque;

/// Finds the statements of a function.
///
/// **Threading:** one thread, one function.
final class RegionReader {

  private final OperandHeight heights;
  private final WasmCursor cursor;
  private final Deque<Region> open = new ArrayDeque<>();
  private boolean reachable = true;

  RegionReader(DecodedModule module, WasmCursor code) {
    this.heights = OperandHeight.over(module, code.copy());
    this.cursor = code.copy();
  }

  Region read() {
    Region function = new Region(1, cursor.position(), true);
    open.push(function);
    while (!cursor.atEnd()) {
      step();
    }
    return function;
  }

  private void step() {
    int position = cursor.position();
    int opcode = cursor.readByte();
    int size = CodeSize.pass(cursor, opcode);
    boolean ends = opcode == Instructions.END || opcode == Instructions.ELSE;
    if (ends) {
      close(position);
    }
    heights.step();
    switch (opcode) {
      case Instructions.BLOCK, Instructions.LOOP, Instructions.IF -> begin(size);
      case Instructions.ELSE -> begin(size);
      case Instructions.BR,
          Instructions.BR_TABLE,
          Instructions.RETURN,
          Instructions.UNREACHABLE -> {
        open.element().add(size);
        reachable = false;
      }
      default -> {
        if (!open.isEmpty()) {
          open.element().add(size);
        }
        reachable |= ends;
        if (reachable && !open.isEmpty() && heights.isAtBase()) {
          open.element().cut(cursor.position(), true, true);
        }
      }
    }
  }

  private void begin(int size) {
    Region outer = open.element();
    outer.add(size);
    reachable = true;
    open.push(new Region(open.size() + 1, cursor.position(), heights.isAtBase()));
  }

  private void close(int position) {
    Region body = open.pop();
    body.cut(position, reachable, !reachable || heights.isAtBase());
    if (!open.isEmpty()) {
      open.element().add(body);
    }
  }
}
