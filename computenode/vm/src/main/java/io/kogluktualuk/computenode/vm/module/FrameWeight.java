package io.kogluktualuk.computenode.vm.module;

import io.kogluktualuk.computenode.vm.module.DecodedModule.Body;

/// How much call depth a function takes for as long as it runs.
public final class FrameWeight {

  private FrameWeight() {}

  /// A unit for the function itself and two for each 128 bytes of locals and operands, which the
  /// frames of all tiers of the JVM hold in one form or another; 0 when it calls nothing.
  ///
  /// Calls through a table need a frame more, and long code has frames with more spilled values,
  /// so both count as well. A vector counts as two values, and so does every operand of a
  /// function that has vector instructions.
  public static int of(DecodedModule module, int function) {
    Body body = module.bodies().get(function - module.importCount());
    WasmCursor cursor = new WasmCursor(module.bytes(), body.start(), body.end());
    int locals = slots(module.signatureOf(function)) + countLocals(cursor);
    boolean calls = false;
    boolean callsTables = false;
    boolean hasVectors = false;
    WasmCursor scan = cursor.copy();
    while (!scan.atEnd()) {
      int opcode = scan.readByte();
      callsTables |= opcode == Instructions.CALL_INDIRECT;
      hasVectors |= opcode == Instructions.VECTOR;
      calls |= opcode == Instructions.CALL || opcode == Instructions.CALL_INDIRECT;
      Instructions.skipImmediates(scan, opcode);
    }
    if (!calls) {
      return 0;
    }
    int operands = OperandHeight.of(module, cursor) * (hasVectors ? 2 : 1);
    int bytes = 8 * (2 * locals + 2 * operands);
    return 1 + (callsTables ? 2 : 0) + bytes / 64 + (body.end() - body.start()) / 512;
  }

  private static int slots(Signature signature) {
    return signature.parameters().stream().mapToInt(FrameWeight::slots).sum();
  }

  private static int slots(ValueType type) {
    return type == ValueType.V128 ? 2 : 1;
  }

  private static int countLocals(WasmCursor cursor) {
    int locals = 0;
    int groups = (int) cursor.readU32();
    for (int i = 0; i < groups; i++) {
      int count = (int) cursor.readU32();
      locals += count * slots(Instructions.readValueType(cursor));
    }
    return locals;
  }
}
