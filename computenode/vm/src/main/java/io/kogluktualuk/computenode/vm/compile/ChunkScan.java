package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.util.BitSet;
import java.util.SortedSet;
import java.util.TreeSet;

/// Finds what a chunk shares with the code around it.
///
/// **Threading:** one thread, one chunk.
final class ChunkScan {

  private final WasmCursor cursor;
  private final int outside;
  private final BitSet used = new BitSet();
  private final BitSet written = new BitSet();
  private final SortedSet<Integer> exits = new TreeSet<>();
  private int nesting;

  private ChunkScan(WasmCursor cursor, int outside) {
    this.cursor = cursor;
    this.outside = outside;
  }

  /// @param outside how many constructs are open around it, the function included
  static Chunk scan(int number, WasmCursor cursor, int end, boolean fallsThrough, int outside) {
    ChunkScan scan = new ChunkScan(cursor, outside);
    int start = cursor.position();
    while (cursor.position() < end) {
      scan.step();
    }
    return new Chunk(number, start, end, fallsThrough, scan.used, scan.written, scan.exits);
  }

  private void step() {
    int opcode = cursor.readByte();
    switch (opcode) {
      case Instructions.LOCAL_GET -> used.set(cursor.readIndex());
      case Instructions.LOCAL_SET, Instructions.LOCAL_TEE -> {
        int local = cursor.readIndex();
        used.set(local);
        written.set(local);
      }
      case Instructions.BR, Instructions.BR_IF -> branch(cursor.readIndex());
      case Instructions.BR_TABLE -> {
        int count = (int) cursor.readU32();
        for (int i = 0; i <= count; i++) {
          branch(cursor.readIndex());
        }
      }
      case Instructions.RETURN -> exits.add(0);
      default -> {
        int _ = Instructions.skipImmediates(cursor, opcode);
        nest(opcode);
      }
    }
  }

  private void nest(int opcode) {
    switch (opcode) {
      case Instructions.BLOCK, Instructions.LOOP, Instructions.IF -> nesting++;
      case Instructions.END -> nesting--;
      default -> {}
    }
  }

  private void branch(int depth) {
    if (depth >= nesting) {
      exits.add(outside - 1 - (depth - nesting));
    }
  }
}
