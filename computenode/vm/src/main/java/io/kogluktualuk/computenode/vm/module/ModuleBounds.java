package io.kogluktualuk.computenode.vm.module;

import io.kogluktualuk.fabric.fault.InvalidArgument;

/// How large each part of a module may be.
///
/// The numbers leave room for the largest programs people compile to Wasm (a Ruby of 30 MB has 20
/// thousand functions) and bound what decoding and compiling can cost a host.
public final class ModuleBounds {

  public static final int TYPES = 10_000;
  public static final int FUNCTIONS = 100_000;
  public static final int IMPORTS = 1_000;
  public static final int EXPORTS = 10_000;
  public static final int GLOBALS = 10_000;
  public static final int TABLES = 16;

  /// Of data, and of elements. Programs with a snapshot of their memory, as Ruby, have many.
  public static final int SEGMENTS = 65_536;

  public static final int NAME_BYTES = 10_000;

  /// Parameters or results, vectors counted twice: together with the engine's own they must fit
  /// the 255 slots of a JVM method even when all are of 64 bits.
  public static final int VALUES = 120;

  /// Elements of all tables at the start, and of each table after growing.
  public static final int TABLE_ELEMENTS = 1 << 20;

  public static final int FUNCTION_BYTES = 1 << 20;

  /// Locals of one function, parameters included, vectors counted twice; the JVM has 65,535 slots.
  public static final int LOCALS = 10_000;

  /// Locals of all functions: three bytes of a module may declare thousands of them.
  public static final int LOCALS_IN_ALL = 2_000_000;

  public static final int NESTING = 5_000;

  /// On the stack of a function: what the JVM's stack may have in slots.
  public static final int OPERANDS = 65_536;

  public static final int BRANCH_TARGETS = 65_520;

  private ModuleBounds() {}

  /// Refuses a module that has more of something than it may.
  public static void require(String what, long found, long max) {
    if (found > max) {
      throw new InvalidArgument(
          "the module is too large: " + what + " expected at most " + max + ", found " + found);
    }
  }

  static InvalidArgument unsupported(String feature, int offset) {
    return new InvalidArgument(
        "the module uses " + feature + " at offset " + offset + ", which is not offered here");
  }
}
