package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.WasmCursor;

/// How many bytes of bytecode an instruction becomes, about.
final class CodeSize {

  private static final int CHARGE = 9;

  private CodeSize() {}

  /// Passes the instruction behind `opcode`.
  static int pass(WasmCursor cursor, int opcode) {
    int start = cursor.position();
    int extended = Instructions.skipImmediates(cursor, opcode);
    int length = cursor.position() - start;
    return switch (opcode) {
      case Instructions.LOOP -> 40;
      case Instructions.BLOCK -> 2;
      case Instructions.ELSE, Instructions.END, Instructions.IF, Instructions.BR -> 6 + CHARGE;
      case Instructions.BR_IF, Instructions.RETURN, Instructions.UNREACHABLE -> 12 + CHARGE;
      case Instructions.BR_TABLE -> 20 + 6 * Math.min(length, BranchTables.DIRECT_MAX);
      case Instructions.CALL -> 24 + CHARGE;
      case Instructions.CALL_INDIRECT -> 48 + CHARGE;
      case Instructions.LOCAL_GET, Instructions.I32_CONST -> 3;
      case Instructions.LOCAL_SET, Instructions.LOCAL_TEE -> 6;
      case Instructions.VECTOR -> 44;
      case Instructions.EXTENDED -> extended < 8 ? 8 : 40;
      default -> ofPlain(opcode);
    };
  }

  private static int ofPlain(int opcode) {
    if (opcode >= 0x28 && opcode <= 0x3E) {
      return 36;
    }
    return opcode >= 0x45 && opcode <= 0x66 ? 8 : 5;
  }
}
