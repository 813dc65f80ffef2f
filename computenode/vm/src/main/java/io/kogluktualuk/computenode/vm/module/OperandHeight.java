package io.kogluktualuk.computenode.vm.module;

import java.util.ArrayDeque;
import java.util.Deque;

/// How many operands a function may have on its stack at once: part of how large its frames are.
///
/// For valid code the answer is exact, up to code that cannot be reached; for other code it is
/// just some number, since the validator refuses that anyway.
///
/// **Threading:** one thread, one function.
public final class OperandHeight {

  private record Block(int base, int arity, int results) {}

  private final DecodedModule module;
  private final WasmCursor cursor;
  private final Deque<Block> blocks = new ArrayDeque<>();
  private int height;
  private int highest;

  private OperandHeight(DecodedModule module, WasmCursor cursor) {
    this.module = module;
    this.cursor = cursor;
  }

  /// Measures the code that begins at the cursor, which is left untouched.
  public static int of(DecodedModule module, WasmCursor code) {
    return new OperandHeight(module, code.copy()).measure();
  }

  /// Walks over the code that begins at the cursor, which it moves, one step at a time.
  public static OperandHeight over(DecodedModule module, WasmCursor code) {
    OperandHeight walk = new OperandHeight(module, code);
    walk.blocks.push(new Block(0, 0, 0));
    return walk;
  }

  private int measure() {
    blocks.push(new Block(0, 0, 0));
    while (!blocks.isEmpty()) {
      step();
    }
    return highest;
  }

  /// Whether the innermost construct has no operands; true at the end.
  public boolean isAtBase() {
    Block block = blocks.peek();
    return block == null || height == block.base();
  }

  /// Passes one instruction.
  public void step() {
    int opcode = cursor.readByte();
    switch (opcode) {
      case Instructions.BLOCK, Instructions.LOOP -> open();
      case Instructions.IF -> {
        change(1, 0);
        open();
      }
      case Instructions.CALL -> call(module.signatureOf(cursor.readIndex()), 0);
      case Instructions.CALL_INDIRECT -> {
        Signature type = module.types().get(cursor.readIndex());
        cursor.readU32();
        call(type, 1);
      }
      default -> {
        int extended = Instructions.skipImmediates(cursor, opcode);
        plain(opcode, extended);
      }
    }
  }

  private void open() {
    int first = cursor.peekByte();
    int arity = 0;
    int results = 0;
    if ((first & 0xC0) == 0x40) {
      cursor.readByte();
      results = first == 0x40 ? 0 : 1;
    } else {
      Signature type = module.types().get(cursor.readIndex());
      arity = type.parameters().size();
      results = type.results().size();
    }
    blocks.push(new Block(Math.max(0, height - arity), arity, results));
  }

  private void call(Signature type, int more) {
    change(type.parameters().size() + more, type.results().size());
  }

  private void change(int pops, int pushes) {
    Block block = blocks.peek();
    int base = block == null ? 0 : block.base();
    height = Math.max(base, height - pops) + pushes;
    highest = Math.max(highest, height);
  }

  private void plain(int opcode, int extended) {
    switch (opcode) {
      case Instructions.END -> {
        Block block = blocks.pop();
        height = block.base() + block.results();
        highest = Math.max(highest, height);
      }
      case Instructions.ELSE -> {
        Block block = blocks.element();
        height = block.base() + block.arity();
      }
      case Instructions.BR, Instructions.BR_TABLE, Instructions.RETURN, Instructions.UNREACHABLE ->
          height = blocks.element().base();
      case Instructions.EXTENDED -> change(extendedPops(extended), extendedPushes(extended));
      case Instructions.VECTOR ->
          change(VectorInstructions.pops(extended), VectorInstructions.pushes(extended));
      default -> change(pops(opcode), pushes(opcode));
    }
  }

  private static int pops(int opcode) {
    return switch (opcode) {
      case Instructions.DROP, Instructions.BR_IF, Instructions.LOCAL_SET, Instructions.GLOBAL_SET ->
          1;
      case Instructions.SELECT, Instructions.SELECT_TYPED -> 3;
      case 0x26 -> 2;
      default -> isStore(opcode) || isBinary(opcode) ? 2 : isUnary(opcode) ? 1 : 0;
    };
  }

  private static int pushes(int opcode) {
    return switch (opcode) {
      case 0x01,
          Instructions.DROP,
          Instructions.BR_IF,
          Instructions.LOCAL_SET,
          Instructions.GLOBAL_SET,
          0x26 ->
          0;
      default -> isStore(opcode) ? 0 : 1;
    };
  }

  private static boolean isStore(int opcode) {
    return opcode >= 0x36 && opcode <= 0x3E;
  }

  private static boolean isBinary(int opcode) {
    return (opcode >= 0x46 && opcode <= 0x4F)
        || (opcode >= 0x51 && opcode <= 0x66)
        || (opcode >= 0x6A && opcode <= 0x78)
        || (opcode >= 0x7C && opcode <= 0x8A)
        || (opcode >= 0x92 && opcode <= 0x98)
        || (opcode >= 0xA0 && opcode <= 0xA6);
  }

  private static boolean isUnary(int opcode) {
    return opcode == Instructions.LOCAL_TEE
        || opcode == 0x25
        || opcode == Instructions.MEMORY_GROW
        || opcode == 0xD1
        || (opcode >= 0x28 && opcode <= 0x35)
        || (opcode >= 0x45 && opcode <= 0xC4);
  }

  private static int extendedPops(int opcode) {
    return switch (opcode) {
      case Instructions.DATA_DROP, Instructions.ELEM_DROP, Instructions.TABLE_SIZE -> 0;
      case Instructions.TABLE_GROW -> 2;
      case Instructions.MEMORY_INIT,
          Instructions.MEMORY_COPY,
          Instructions.MEMORY_FILL,
          Instructions.TABLE_INIT,
          Instructions.TABLE_COPY,
          Instructions.TABLE_FILL ->
          3;
      default -> 1;
    };
  }

  private static int extendedPushes(int opcode) {
    return opcode < 8 || opcode == Instructions.TABLE_GROW || opcode == Instructions.TABLE_SIZE
        ? 1
        : 0;
  }
}
