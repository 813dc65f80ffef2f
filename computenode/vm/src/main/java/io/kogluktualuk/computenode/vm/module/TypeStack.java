package io.kogluktualuk.computenode.vm.module;

import java.util.Arrays;

/// The types of the operands of a function, and the constructs that are open around them, while its
/// code is checked.
///
/// The two stacks of the validation algorithm: "WebAssembly Core Specification", release 2.0,
/// appendix "Validation Algorithm" (A. Rossberg, ed., 2022). Types are the bytes of [ValueType].
/// Behind a branch that is always taken the operands are *polymorphic*: what is taken from below
/// the construct's own is of [#UNKNOWN] type, which is right for everybody.
///
/// **Threading:** one thread; one function after another. Nothing is allocated but to grow.
/// **Bound:** [ModuleBounds#OPERANDS] operands, [ModuleBounds#NESTING] constructs.
final class TypeStack {

  static final byte UNKNOWN = 0;

  private byte[] operands = new byte[256];
  private int height;

  private int[] opcodes = new int[32];
  private byte[][] starts = new byte[32][];
  private byte[][] ends = new byte[32][];
  private int[] bases = new int[32];
  private boolean[] outerPolymorphic = new boolean[32];
  private int depth;

  // Of the innermost construct.
  private int base;
  private boolean polymorphic;

  private WasmCursor cursor = new WasmCursor(new byte[0], 0, 0);

  /// Begins with a function; `code` is asked for the offset of what is wrong.
  void begin(WasmCursor code, byte[] results) {
    cursor = code;
    height = 0;
    depth = 0;
    open(Instructions.BLOCK, Types.NONE, results);
  }

  // ---- operands ----------------------------------------------------------------------------

  void push(byte type) {
    if (height == operands.length) {
      grow();
    }
    operands[height++] = type;
  }

  private void grow() {
    ModuleBounds.require("operands of a function", height + 1L, ModuleBounds.OPERANDS);
    operands = Arrays.copyOf(operands, Math.min(2 * height, ModuleBounds.OPERANDS));
  }

  void push(byte[] types) {
    for (byte type : types) {
      push(type);
    }
  }

  void pop(byte expected) {
    if (height == base) {
      requirePolymorphic(expected);
      return;
    }
    byte found = operands[--height];
    if (found != expected && found != UNKNOWN) {
      throw mismatch(expected, found);
    }
  }

  void pop(byte[] expected) {
    for (int i = expected.length - 1; i >= 0; i--) {
      pop(expected[i]);
    }
  }

  byte popAny() {
    if (height == base) {
      requirePolymorphic(UNKNOWN);
      return UNKNOWN;
    }
    return operands[--height];
  }

  private void requirePolymorphic(byte expected) {
    if (!polymorphic) {
      throw cursor.malformed(
          "type mismatch: expected " + Types.name(expected) + ", found no operand");
    }
  }

  private RuntimeException mismatch(byte expected, byte found) {
    return cursor.malformed(
        "type mismatch: expected " + Types.name(expected) + ", found " + Types.name(found));
  }

  /// What follows is never reached.
  void becomeUnreachable() {
    height = base;
    polymorphic = true;
  }

  /// Whether what follows is reached, as far as types tell.
  boolean isReachable() {
    return !polymorphic;
  }

  int height() {
    return height;
  }

  /// Checks what a branch would carry, which stays.
  void requireOnTop(byte[] expected) {
    int at = height;
    for (int i = expected.length - 1; i >= 0; i--) {
      if (--at < base) {
        requirePolymorphic(expected[i]);
        return; // And so is all below.
      }
      if (operands[at] != expected[i] && operands[at] != UNKNOWN) {
        throw mismatch(expected[i], operands[at]);
      }
    }
  }

  // ---- constructs --------------------------------------------------------------------------

  /// How many are open, the function included.
  int depth() {
    return depth;
  }

  /// The opcode that opened the innermost.
  int opcode() {
    return opcodes[depth - 1];
  }

  /// The types that a branch carries to the construct so far out.
  byte[] carried(long label) {
    if (label >= depth) {
      throw cursor.malformed("unknown label " + label + " of " + depth);
    }
    int construct = depth - 1 - (int) label;
    return opcodes[construct] == Instructions.LOOP ? starts[construct] : ends[construct];
  }

  /// What the function returns.
  byte[] returned() {
    return ends[0];
  }

  /// Begins a construct, whose parameters are the operands on top.
  void open(int opcode, byte[] parameters, byte[] results) {
    pop(parameters);
    if (depth == opcodes.length) {
      growConstructs();
    }
    opcodes[depth] = opcode;
    starts[depth] = parameters;
    ends[depth] = results;
    bases[depth] = height;
    outerPolymorphic[depth++] = polymorphic;
    base = height;
    polymorphic = false;
    push(parameters);
  }

  private void growConstructs() {
    ModuleBounds.require("nesting of blocks", depth, ModuleBounds.NESTING);
    int more = 2 * depth;
    opcodes = Arrays.copyOf(opcodes, more);
    starts = Arrays.copyOf(starts, more);
    ends = Arrays.copyOf(ends, more);
    bases = Arrays.copyOf(bases, more);
    outerPolymorphic = Arrays.copyOf(outerPolymorphic, more);
  }

  /// Goes on with the other arm of an `if`.
  void otherwise() {
    if (opcode() != Instructions.IF) {
      throw cursor.malformed("else without if");
    }
    requireResults();
    opcodes[depth - 1] = Instructions.ELSE;
    polymorphic = false;
    push(starts[depth - 1]);
  }

  /// Ends the innermost construct, whose results are left on top.
  void close() {
    requireResults();
    depth--;
    if (opcodes[depth] == Instructions.IF && !Arrays.equals(starts[depth], ends[depth])) {
      throw cursor.malformed(
          "type mismatch: an if without else has parameters "
              + Types.names(starts[depth])
              + " and results "
              + Types.names(ends[depth]));
    }
    polymorphic = outerPolymorphic[depth];
    base = depth == 0 ? 0 : bases[depth - 1];
    push(ends[depth]);
  }

  private void requireResults() {
    pop(ends[depth - 1]);
    if (height != base) {
      throw cursor.malformed(
          "type mismatch: expected no more operands at the end of a block, found "
              + (height - base));
    }
  }
}
