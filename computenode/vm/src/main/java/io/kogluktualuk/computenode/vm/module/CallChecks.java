package io.kogluktualuk.computenode.vm.module;

/// Checks calls for a [FunctionValidator].
final class CallChecks {

  private final Declarations declared;
  private final TypeStack stack;

  CallChecks(Declarations declared, TypeStack stack) {
    this.declared = declared;
    this.stack = stack;
  }

  void call(WasmCursor code) {
    apply(declared.typeOfFunction(code, code.readU32()));
  }

  void callIndirect(WasmCursor code) {
    int type = declared.type(code, code.readU32());
    byte element = declared.table(code, code.readU32());
    if (element != Types.FUNCREF) {
      throw code.malformed(
          "type mismatch: expected a table of funcref, found one of " + Types.name(element));
    }
    stack.pop(Types.I32);
    apply(type);
  }

  private void apply(int type) {
    stack.pop(declared.parametersOfType(type));
    stack.push(declared.resultsOfType(type));
  }
}
