package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.VectorInstructions;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/// What has to be known of a function's code before it is compiled.
///
/// **Fuel.** Every instruction costs 1, but for `block`, `loop`, `else` and `end`, which cost
/// nothing. A straight piece of code is charged as a whole when it is entered; pieces end at every
/// branch, join, call and bulk instruction. See `Metering`, which does the same by rewriting.
///
/// **Constructs.** For each block, loop and `if`: whether a loop begins in it, and whether
/// anything in it may move the memory.
///
/// **Threading:** immutable once made.
final class CodePlan {

  private static final int LOOPS = 1;
  private static final int MOVES = 2;

  private int[] starts = new int[16];
  private int[] costs = new int[16];
  private int pieces;
  private int[] constructs = new int[16];
  private byte[] facts = new byte[16];
  private int constructCount;
  private boolean usesMemory;
  private boolean calls;
  private boolean traps;

  private CodePlan() {}

  static CodePlan of(WasmCursor code) {
    CodePlan plan = new CodePlan();
    plan.scan(code.copy());
    return plan;
  }

  private void scan(WasmCursor cursor) {
    Deque<Integer> open = new ArrayDeque<>();
    int start = cursor.position();
    int cost = 0;
    while (!cursor.atEnd()) {
      int position = cursor.position();
      int opcode = cursor.readByte();
      int extended = Instructions.skipImmediates(cursor, opcode);
      cost += cost(opcode);
      note(opcode, extended, position, open);
      if (ends(opcode, extended)) {
        addPiece(start, cost);
        start = cursor.position();
        cost = 0;
      }
    }
  }

  private static int cost(int opcode) {
    return switch (opcode) {
      case Instructions.BLOCK, Instructions.LOOP, Instructions.ELSE, Instructions.END -> 0;
      default -> 1;
    };
  }

  /// Whether a piece ends behind the instruction.
  static boolean ends(int opcode, int extended) {
    return switch (opcode) {
      case Instructions.LOOP,
          Instructions.IF,
          Instructions.ELSE,
          Instructions.END,
          Instructions.RETURN,
          Instructions.UNREACHABLE,
          Instructions.BR,
          Instructions.BR_IF,
          Instructions.BR_TABLE,
          Instructions.CALL,
          Instructions.CALL_INDIRECT,
          Instructions.MEMORY_GROW ->
          true;
      case Instructions.EXTENDED -> charges(extended);
      default -> false;
    };
  }

  private static boolean charges(int extended) {
    return switch (extended) {
      case Instructions.MEMORY_INIT,
          Instructions.MEMORY_COPY,
          Instructions.MEMORY_FILL,
          Instructions.TABLE_INIT,
          Instructions.TABLE_COPY,
          Instructions.TABLE_GROW,
          Instructions.TABLE_FILL ->
          true;
      default -> false;
    };
  }

  private void note(int opcode, int extended, int position, Deque<Integer> open) {
    switch (opcode) {
      case Instructions.BLOCK, Instructions.IF -> open.push(addConstruct(position));
      case Instructions.LOOP -> {
        open.push(addConstruct(position));
        open.forEach(each -> facts[each] |= LOOPS);
      }
      case Instructions.END -> open.poll();
      case Instructions.CALL, Instructions.CALL_INDIRECT, Instructions.MEMORY_GROW -> {
        calls = true;
        open.forEach(each -> facts[each] |= MOVES);
      }
      default -> {
        boolean vector = opcode == Instructions.VECTOR && VectorInstructions.isAccess(extended);
        boolean access = vector || (opcode >= 0x28 && opcode <= 0x3E);
        usesMemory |= access;
        traps |= access || isDivision(opcode);
      }
    }
  }

  private static boolean isDivision(int opcode) {
    return (opcode >= 0x6D && opcode <= 0x70)
        || (opcode >= 0x7F && opcode <= 0x82)
        || (opcode >= 0xA8 && opcode <= 0xB1);
  }

  private void addPiece(int start, int cost) {
    if (pieces == starts.length) {
      starts = Arrays.copyOf(starts, pieces * 2);
      costs = Arrays.copyOf(costs, pieces * 2);
    }
    starts[pieces] = start;
    costs[pieces++] = cost;
  }

  private int addConstruct(int position) {
    if (constructCount == constructs.length) {
      constructs = Arrays.copyOf(constructs, constructCount * 2);
      facts = Arrays.copyOf(facts, constructCount * 2);
    }
    constructs[constructCount] = position;
    return constructCount++;
  }

  /// The cost of the piece that begins at a position of the module.
  int costAt(int position) {
    int index = Arrays.binarySearch(starts, 0, pieces, position);
    return index < 0 ? 0 : costs[index];
  }

  private int factsAt(int position) {
    int index = Arrays.binarySearch(constructs, 0, constructCount, position);
    return index < 0 ? 0 : facts[index];
  }

  /// Whether the construct at this position is or has in it a loop.
  boolean loopsIn(int position) {
    return (factsAt(position) & LOOPS) != 0;
  }

  /// Whether something in the construct at this position may move the memory.
  boolean movesMemoryIn(int position) {
    return (factsAt(position) & MOVES) != 0;
  }

  boolean usesMemory() {
    return usesMemory;
  }

  boolean calls() {
    return calls;
  }

  /// Whether exceptions of the JVM may mean traps.
  boolean traps() {
    return traps;
  }
}
