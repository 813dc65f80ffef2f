package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Which variables may hold a NaN that is not canonical yet.
///
/// A NaN that arithmetic makes is canonical; a NaN that is only moved keeps its bits. So a
/// variable that is given nothing but results of arithmetic, numbers, and values of other such
/// variables may hold them as they come, and they are made canonical where they are read and
/// their bits can be seen. To all others only canonical results are given.
///
/// What a variable is given is told by the instruction before; where that is none that tells, the
/// variable is not one of those. Answers do not depend on the order in which code runs.
final class RawLocals {

  private RawLocals() {}

  private record Copy(int from, int to) {}

  /// @param locals number of variables, parameters included
  static BitSet find(WasmCursor code, int parameters, int locals) {
    BitSet raw = new BitSet(locals);
    raw.set(parameters, locals);
    List<Copy> copies = scan(code.copy(), raw);
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Copy copy : copies) {
        if (raw.get(copy.to()) && !raw.get(copy.from())) {
          raw.clear(copy.to());
          changed = true;
        }
      }
    }
    return raw;
  }

  private static List<Copy> scan(WasmCursor cursor, BitSet raw) {
    List<Copy> copies = new ArrayList<>();
    int before = Instructions.END;
    int read = -1;
    while (!cursor.atEnd()) {
      int opcode = cursor.readByte();
      WasmCursor immediates = cursor.copy();
      int extended = Instructions.skipImmediates(cursor, opcode);
      boolean gets = opcode == Instructions.LOCAL_GET || opcode == Instructions.LOCAL_TEE;
      boolean sets = opcode == Instructions.LOCAL_SET || opcode == Instructions.LOCAL_TEE;
      int local = gets || sets ? immediates.readIndex() : -1;
      if (sets && read >= 0) {
        copies.add(new Copy(read, local));
      } else if (sets && !givesNumberOrRaw(before)) {
        raw.clear(local);
      }
      read = gets ? local : -1;
      before = isNanConstant(opcode, immediates) || extended >= 0 ? Instructions.END : opcode;
    }
    return copies;
  }

  private static boolean isNanConstant(int opcode, WasmCursor immediates) {
    return switch (opcode) {
      case Instructions.F32_CONST ->
          Float.isNaN(Float.intBitsToFloat((int) immediates.readLittleEndian(4)));
      case Instructions.F64_CONST ->
          Double.isNaN(Double.longBitsToDouble(immediates.readLittleEndian(8)));
      default -> false;
    };
  }

  private static boolean givesNumberOrRaw(int opcode) {
    return opcode == Instructions.F32_CONST
        || opcode == Instructions.F64_CONST
        || FloatOps.isArithmetic(opcode)
        || (opcode >= 0xB2 && opcode <= 0xB5)
        || (opcode >= 0xB7 && opcode <= 0xBA);
  }
}
