package io.kogluktualuk.computenode.vm.module;

import java.util.BitSet;

/// The vector instructions of WebAssembly 2.0: the numbers after [Instructions#VECTOR], what
/// follows them, and how many operands they take.
public final class VectorInstructions {

  public static final int LOAD = 0;
  public static final int LOAD64_SPLAT = 10;
  public static final int STORE = 11;
  public static final int CONST = 12;
  public static final int SHUFFLE = 13;
  public static final int SWIZZLE = 14;
  public static final int SPLAT_FIRST = 15;
  public static final int SPLAT_LAST = 20;
  public static final int LANE_FIRST = 21;
  public static final int LANE_LAST = 34;
  public static final int NOT = 77;
  public static final int BITSELECT = 82;
  public static final int ANY_TRUE = 83;
  public static final int LOAD8_LANE = 84;
  public static final int LOAD64_LANE = 87;
  public static final int STORE8_LANE = 88;
  public static final int STORE64_LANE = 91;
  public static final int LOAD32_ZERO = 92;
  public static final int LOAD64_ZERO = 93;

  /// Numbers below 256 that no instruction has.
  private static final BitSet UNUSED = new BitSet(256);

  static {
    int[] unused = {
      154, 162, 165, 166, 175, 176, 178, 179, 180, 187, 194, 197, 198, 207, 208, 210, 211, 212, 226,
      238
    };
    for (int number : unused) {
      UNUSED.set(number);
    }
  }

  private VectorInstructions() {}

  /// Passes the number and what follows it.
  ///
  /// @return the number
  static int skip(WasmCursor cursor) {
    int number = read(cursor);
    skipImmediates(cursor, number);
    return number;
  }

  /// Reads the number.
  public static int read(WasmCursor cursor) {
    long number = cursor.readU32();
    if (number >= 0x100) {
      throw ModuleBounds.unsupported("relaxed vector instructions", cursor.position());
    }
    if (UNUSED.get((int) number)) {
      throw cursor.malformed("illegal opcode 0xFD " + number);
    }
    return (int) number;
  }

  private static void skipImmediates(WasmCursor cursor, int number) {
    if (isAccess(number)) {
      Instructions.skipMemoryArgument(cursor);
    }
    if (namesLane(number)) {
      cursor.readByte();
    } else if (number == CONST || number == SHUFFLE) {
      cursor.skip(16);
    }
  }

  private static boolean namesLane(int number) {
    return (number >= LANE_FIRST && number <= LANE_LAST)
        || (number >= LOAD8_LANE && number <= STORE64_LANE);
  }

  /// Whether it reads or writes memory.
  public static boolean isAccess(int number) {
    return number <= STORE || (number >= LOAD8_LANE && number <= LOAD64_ZERO);
  }

  public static boolean isStore(int number) {
    return number == STORE || (number >= STORE8_LANE && number <= STORE64_LANE);
  }

  /// How many operands it takes, vectors counted as one.
  static int pops(int number) {
    if (isStore(number) || (number >= LOAD8_LANE && number <= LOAD64_LANE)) {
      return 2;
    }
    if (isAccess(number)) {
      return 1;
    }
    if (number <= LANE_LAST) {
      return number == CONST ? 0 : takesTwo(number) ? 2 : 1;
    }
    return number == BITSELECT ? 3 : isUnary(number) ? 1 : 2;
  }

  /// Of those up to the last on a single lane.
  private static boolean takesTwo(int number) {
    return switch (number) {
      case SHUFFLE, SWIZZLE, 23, 26, 28, 30, 32, 34 -> true;
      default -> false;
    };
  }

  private static boolean isUnary(int number) {
    return switch (number) {
      case NOT, ANY_TRUE, 94, 95 -> true; // Demotion and promotion.
      case 96, 97, 98, 99, 100 -> true; // Bytes: abs, neg, popcnt, all_true, bitmask.
      case 103, 104, 105, 106, 116, 117, 122, 148 -> true; // Rounding of floats.
      case 124, 125, 126, 127 -> true; // Sums of neighbours.
      case 128, 129, 131, 132, 135, 136, 137, 138 -> true; // Shorts, with extensions.
      case 160, 161, 163, 164, 167, 168, 169, 170 -> true; // Ints.
      case 192, 193, 195, 196, 199, 200, 201, 202 -> true; // Longs.
      case 224, 225, 227, 236, 237, 239 -> true; // Floats: abs, neg, sqrt.
      default -> number >= 248; // Conversions.
    };
  }

  static int pushes(int number) {
    return isStore(number) ? 0 : 1;
  }
}
