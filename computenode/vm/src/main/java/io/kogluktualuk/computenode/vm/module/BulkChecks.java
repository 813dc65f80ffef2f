package io.kogluktualuk.computenode.vm.module;

/// Checks instructions on tables, on memory as a whole, and the saturating conversions, for a
/// [FunctionValidator].
final class BulkChecks {

  private final Declarations declared;
  private final TypeStack stack;

  BulkChecks(Declarations declared, TypeStack stack) {
    this.declared = declared;
    this.stack = stack;
  }

  void tableGet(WasmCursor code) {
    byte element = declared.table(code, code.readU32());
    stack.pop(Types.I32);
    stack.push(element);
  }

  void tableSet(WasmCursor code) {
    stack.pop(declared.table(code, code.readU32()));
    stack.pop(Types.I32);
  }

  /// What stands after [Instructions#EXTENDED]: its number has been read.
  void check(WasmCursor code, int number) {
    switch (number) {
      case 0, 1, 2, 3, 4, 5, 6, 7 -> {
        stack.pop(PlainTypes.saturatingOperand(number));
        stack.push(PlainTypes.saturatingResult(number));
      }
      case Instructions.MEMORY_INIT -> {
        declared.requireData(code, code.readU32());
        memory(code, 1);
      }
      case Instructions.MEMORY_COPY -> memory(code, 2);
      case Instructions.MEMORY_FILL -> memory(code, 1);
      case Instructions.DATA_DROP -> declared.requireData(code, code.readU32());
      case Instructions.ELEM_DROP -> {
        byte _ = declared.elements(code, code.readU32());
      }
      case Instructions.TABLE_INIT -> {
        byte source = declared.elements(code, code.readU32());
        copy(code, declared.table(code, code.readU32()), source);
      }
      case Instructions.TABLE_COPY -> {
        byte target = declared.table(code, code.readU32());
        copy(code, target, declared.table(code, code.readU32()));
      }
      default -> changeTable(code, number);
    }
  }

  private void memory(WasmCursor code, int indices) {
    for (int i = 0; i < indices; i++) {
      Instructions.requireMemoryZero(code);
    }
    declared.requireMemory(code);
    popThree();
  }

  private void copy(WasmCursor code, byte target, byte source) {
    if (target != source) {
      throw code.malformed(
          "type mismatch: expected references of "
              + Types.name(target)
              + ", found "
              + Types.name(source));
    }
    popThree();
  }

  private void popThree() {
    stack.pop(Types.I32);
    stack.pop(Types.I32);
    stack.pop(Types.I32);
  }

  private void changeTable(WasmCursor code, int number) {
    if (number > Instructions.TABLE_FILL) {
      throw code.malformed("illegal opcode 0xFC " + number);
    }
    byte element = declared.table(code, code.readU32());
    switch (number) {
      case Instructions.TABLE_GROW -> {
        stack.pop(Types.I32);
        stack.pop(element);
        stack.push(Types.I32);
      }
      case Instructions.TABLE_FILL -> {
        stack.pop(Types.I32);
        stack.pop(element);
        stack.pop(Types.I32);
      }
      default -> stack.push(Types.I32); // Its size.
    }
  }
}
