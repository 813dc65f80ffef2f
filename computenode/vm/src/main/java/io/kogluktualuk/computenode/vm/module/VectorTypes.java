package io.kogluktualuk.computenode.vm.module;

/// What the vector instructions take and give; see [VectorInstructions] for their numbers.
final class VectorTypes {

  /// Numbers a lane holds, for `splat`, `extract_lane` and `replace_lane`, narrowest lanes first.
  private static final byte[] LANE_TYPES = {
    Types.I32, Types.I32, Types.I32, Types.I64, Types.F32, Types.F64
  };

  /// The kind of each instruction from [VectorInstructions#SPLAT_FIRST] to
  /// [VectorInstructions#LANE_LAST]: the index of its type, and what it does with it.
  private static final String LANES = "0s1s2s3s4s5s0e0e0r1e1e1r2e2r3e3r4e4r5e5r";

  private static final int[] LANE_COUNTS = {16, 8, 4, 2, 4, 2};

  private static final int SHUFFLED = 32;

  private final TypeStack stack;

  VectorTypes(TypeStack stack) {
    this.stack = stack;
  }

  /// Checks the instruction whose number has been read, and passes what follows it.
  void check(WasmCursor code, int number, boolean hasMemory) {
    if (VectorInstructions.isAccess(number)) {
      access(code, number, hasMemory);
    } else if (number == VectorInstructions.CONST) {
      code.skip(16);
      stack.push(Types.V128);
    } else if (number == VectorInstructions.SHUFFLE) {
      for (int i = 0; i < 16; i++) {
        requireLane(code, SHUFFLED);
      }
      combine(2);
    } else if (number >= VectorInstructions.SPLAT_FIRST && number <= VectorInstructions.LANE_LAST) {
      lane(code, number);
    } else if (isShift(number)) {
      stack.pop(Types.I32);
      combine(1);
    } else {
      pop(VectorInstructions.pops(number));
      stack.push(asks(number) ? Types.I32 : Types.V128);
    }
  }

  private void combine(int operands) {
    pop(operands);
    stack.push(Types.V128);
  }

  private void pop(int operands) {
    for (int i = 0; i < operands; i++) {
      stack.pop(Types.V128);
    }
  }

  private static void requireLane(WasmCursor code, int count) {
    int lane = code.readByte();
    if (lane >= count) {
      throw code.malformed("invalid lane index " + lane + " of " + count);
    }
  }

  private void access(WasmCursor code, int number, boolean hasMemory) {
    MemoryArguments.check(code, alignment(number), hasMemory);
    boolean oneLane =
        number >= VectorInstructions.LOAD8_LANE && number <= VectorInstructions.STORE64_LANE;
    if (oneLane) {
      requireLane(code, 16 >> alignment(number));
    }
    if (oneLane || number == VectorInstructions.STORE) {
      stack.pop(Types.V128);
    }
    stack.pop(Types.I32);
    if (!VectorInstructions.isStore(number)) {
      stack.push(Types.V128);
    }
  }

  /// The greatest alignment that may be promised, as a power of two.
  private static int alignment(int number) {
    if (number == VectorInstructions.LOAD || number == VectorInstructions.STORE) {
      return 4;
    }
    if (number < VectorInstructions.STORE) {
      return number <= 6 ? 3 : number - 7;
    }
    return number >= VectorInstructions.LOAD32_ZERO
        ? number - VectorInstructions.LOAD32_ZERO + 2
        : number - VectorInstructions.LOAD8_LANE & 3;
  }

  private void lane(WasmCursor code, int number) {
    int at = 2 * (number - VectorInstructions.SPLAT_FIRST);
    int shape = LANES.charAt(at) - '0';
    byte type = LANE_TYPES[shape];
    char kind = LANES.charAt(at + 1);
    if (kind != 's') {
      requireLane(code, LANE_COUNTS[shape]);
    }
    if (kind != 'e') {
      stack.pop(type);
    }
    if (kind != 's') {
      stack.pop(Types.V128);
    }
    stack.push(kind == 'e' ? type : Types.V128);
  }

  private static boolean isShift(int number) {
    return switch (number) {
      case 107, 108, 109, 139, 140, 141, 171, 172, 173, 203, 204, 205 -> true;
      default -> false;
    };
  }

  /// Whether it gives a number about all lanes: `any_true`, `all_true`, `bitmask`.
  private static boolean asks(int number) {
    return switch (number) {
      case VectorInstructions.ANY_TRUE, 99, 100, 131, 132, 163, 164, 195, 196 -> true;
      default -> false;
    };
  }
}
