package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.util.Arrays;
import java.util.BitSet;

/// Which variables may hold a NaN that is not canonical yet.
///
/// A NaN that arithmetic makes is canonical; a NaN that is only moved keeps its bits. So a
/// variable that is given nothing but results of arithmetic, numbers, and values of other such
/// variables may hold them as they come, and they are made canonical where they are read and
/// their bits can be seen. To all others only canonical results are given.
///
/// What a variable is given is told by the instruction before; where that is none that tells, the
/// variable is not one of those. Answers do not depend on the order in which code runs.
///
/// **Threading:** one thread, one function.
final class RawLocals {

  private final BitSet raw;

  // The copies from one variable to another, as lists by the one that is copied.
  private final int[] firstOf;
  private int[] next = new int[16];
  private int[] target = new int[16];
  private int copies;

  private RawLocals(int parameters, int locals) {
    raw = new BitSet(locals);
    raw.set(parameters, locals);
    firstOf = new int[locals];
    Arrays.fill(firstOf, -1);
  }

  /// @param locals number of variables, parameters included
  static BitSet find(WasmCursor code, int parameters, int locals) {
    RawLocals found = new RawLocals(parameters, locals);
    found.scan(code.copy());
    found.spread();
    return found.raw;
  }

  /// Whoever is given the value of one that is not raw is not either. In time proportional to the
  /// copies, however they are ordered.
  private void spread() {
    BitSet waiting = new BitSet(firstOf.length);
    waiting.set(0, firstOf.length);
    waiting.andNot(raw);
    for (int from = waiting.nextSetBit(0); from >= 0; from = waiting.nextSetBit(0)) {
      waiting.clear(from);
      for (int copy = firstOf[from]; copy >= 0; copy = next[copy]) {
        if (raw.get(target[copy])) {
          raw.clear(target[copy]);
          waiting.set(target[copy]);
        }
      }
    }
  }

  private void scan(WasmCursor cursor) {
    int before = Instructions.END;
    int read = -1;
    while (!cursor.atEnd()) {
      int opcode = cursor.readByte();
      if (opcode >= Instructions.LOCAL_GET && opcode <= Instructions.LOCAL_TEE) {
        int local = cursor.readIndex();
        if (opcode != Instructions.LOCAL_GET) {
          set(local, read, before);
        }
        read = opcode == Instructions.LOCAL_SET ? -1 : local;
        before = opcode;
      } else {
        before = pass(cursor, opcode);
        read = -1;
      }
    }
  }

  private void set(int local, int read, int before) {
    if (read >= 0) {
      addCopy(read, local);
    } else if (!givesNumberOrRaw(before)) {
      raw.clear(local);
    }
  }

  private void addCopy(int from, int to) {
    if (copies == next.length) {
      next = Arrays.copyOf(next, 2 * copies);
      target = Arrays.copyOf(target, 2 * copies);
    }
    next[copies] = firstOf[from];
    target[copies] = to;
    firstOf[from] = copies++;
  }

  /// What stands before the next instruction: the opcode, or [Instructions#END] when what it gives
  /// is not told by that.
  private static int pass(WasmCursor cursor, int opcode) {
    boolean isUntold =
        switch (opcode) {
          case Instructions.F32_CONST ->
              Float.isNaN(Float.intBitsToFloat((int) cursor.readLittleEndian(4)));
          case Instructions.F64_CONST ->
              Double.isNaN(Double.longBitsToDouble(cursor.readLittleEndian(8)));
          default -> Instructions.skipImmediates(cursor, opcode) >= 0;
        };
    return isUntold ? Instructions.END : opcode;
  }

  private static boolean givesNumberOrRaw(int opcode) {
    return opcode == Instructions.F32_CONST
        || opcode == Instructions.F64_CONST
        || FloatOps.isArithmetic(opcode)
        || (opcode >= 0xB2 && opcode <= 0xB5)
        || (opcode >= 0xB7 && opcode <= 0xBA);
  }
}
