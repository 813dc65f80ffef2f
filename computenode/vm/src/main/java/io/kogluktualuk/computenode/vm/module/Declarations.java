package io.kogluktualuk.computenode.vm.module;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a module declares, in the form in which its code is checked against it: the *context* of
/// the specification.
///
/// **Threading:** immutable; arrays are never to be changed. Equal lists of types are one array.
final class Declarations {

  private final DecodedModule module;
  private final byte[][] parameters;
  private final byte[][] results;
  private final int[] functionTypes;
  private final BitSet referable;
  private final boolean dataCounted;

  Declarations(DecodedModule module) {
    this.module = module;
    Map<List<ValueType>, byte[]> lists = new HashMap<>();
    int types = module.types().size();
    this.parameters = new byte[types][];
    this.results = new byte[types][];
    for (int i = 0; i < types; i++) {
      Signature type = module.types().get(i);
      parameters[i] = lists.computeIfAbsent(type.parameters(), Types::listOf);
      results[i] = lists.computeIfAbsent(type.results(), Types::listOf);
    }
    this.functionTypes = module.functionTypes().stream().mapToInt(Integer::intValue).toArray();
    this.referable = referable(module);
    this.dataCounted =
        module.sections().stream().anyMatch(section -> section.id() == SectionId.DATA_COUNT);
  }

  /// Functions that something outside of code names; code may refer to no others.
  private static BitSet referable(DecodedModule module) {
    BitSet found = new BitSet();
    for (ElementSegment segment : module.elements()) {
      for (int function : segment.functions()) {
        if (function >= 0) {
          found.set(function);
        }
      }
    }
    for (GlobalType global : module.globals()) {
      Constant initial = global.initial();
      if (initial != null && initial.opcode() == Instructions.REF_FUNC) {
        found.set((int) initial.low());
      }
    }
    module.exports().stream()
        .filter(export -> export.kind() == 0)
        .forEach(export -> found.set(export.index()));
    return found;
  }

  byte[] parametersOfType(int type) {
    return parameters[type];
  }

  byte[] resultsOfType(int type) {
    return results[type];
  }

  /// A type's number, as the code names it.
  int type(WasmCursor code, long index) {
    return within(code, "type", index, parameters.length);
  }

  int typeOfFunction(WasmCursor code, long index) {
    return functionTypes[within(code, "function", index, functionTypes.length)];
  }

  GlobalType global(WasmCursor code, long index) {
    return module.globals().get(within(code, "global", index, module.globals().size()));
  }

  byte table(WasmCursor code, long index) {
    int table = within(code, "table", index, module.tables().size());
    return Types.of(module.tables().get(table).element());
  }

  byte elements(WasmCursor code, long index) {
    int segment = within(code, "element segment", index, module.elements().size());
    return Types.of(module.elements().get(segment).type());
  }

  /// Code may name data only when their count is declared before it.
  void requireData(WasmCursor code, long index) {
    if (!dataCounted) {
      throw code.malformed("data count section required");
    }
    int _ = within(code, "data segment", index, module.data().size());
  }

  void requireReferable(WasmCursor code, long index) {
    int function = within(code, "function", index, functionTypes.length);
    if (!referable.get(function)) {
      throw code.malformed("undeclared function reference " + function);
    }
  }

  void requireMemory(WasmCursor code) {
    MemoryArguments.require(code, module.hasMemory());
  }

  boolean hasMemory() {
    return module.hasMemory();
  }

  private static int within(WasmCursor code, String what, long index, int count) {
    if (index >= count) {
      throw code.malformed("unknown " + what + " " + index + " of " + count);
    }
    return (int) index;
  }
}
