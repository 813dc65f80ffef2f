package io.kogluktualuk.computenode.vm.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Writes vector instructions with operands, all 236 of them.
///
/// **Threading:** one thread, one body.
final class GuestVectors {

  private static final int I32 = GuestGenerator.I32;
  private static final int I64 = GuestGenerator.I64;
  private static final int F32 = GuestGenerator.F32;
  private static final int F64 = GuestGenerator.F64;
  private static final int V128 = GuestGenerator.V128;

  /// What an instruction that leaves no result has as its result.
  static final int NONE = 0;

  private static final String UNUSED =
      " 154 162 165 166 175 176 178 179 180 187 194 197 198 207 208 210 211 212 226 238 ";

  /// The numbers of all instructions.
  static final List<Integer> ALL =
      IntStream.range(0, 256)
          .filter(number -> !UNUSED.contains(" " + number + " "))
          .boxed()
          .toList();

  private final RandomGenerator random;
  private final IntConsumer operands;
  private final Runnable address;
  private final ModuleBytes out;

  /// @param operands writes code that leaves a value of the type
  /// @param address writes code that leaves an address
  GuestVectors(RandomGenerator random, IntConsumer operands, Runnable address, ModuleBytes out) {
    this.random = random;
    this.operands = operands;
    this.address = address;
    this.out = out;
  }

  static void constant(ModuleBytes out, RandomGenerator random) {
    out.put(0xFD, 12);
    for (int i = 0; i < 2; i++) {
      GuestBody.half(out, random);
    }
  }

  /// Some instruction with such a result.
  void any(int result) {
    List<Integer> fitting = new ArrayList<>(ALL);
    fitting.removeIf(number -> result(number) != result);
    write(fitting.get(random.nextInt(fitting.size())));
  }

  /// The instruction with its operands.
  void write(int number) {
    if (isAccess(number)) {
      address.run();
    }
    for (int type : operands(number)) {
      operands.accept(type);
    }
    out.put(0xFD).leb(number);
    if (isAccess(number)) {
      out.put(0).leb(random.nextInt(16) == 0 ? random.nextInt(70_000) : random.nextInt(64));
    }
    if (lanes(number) > 0) {
      out.put(random.nextInt(lanes(number)));
    } else if (number == 12) {
      GuestBody.half(out, random);
      GuestBody.half(out, random);
    } else if (number == 13) {
      for (int i = 0; i < 16; i++) {
        out.put(random.nextInt(32));
      }
    }
  }

  private static boolean isAccess(int number) {
    return number <= 11 || (number >= 84 && number <= 93);
  }

  /// How many lanes there are to choose from; 0 when it names none.
  private static int lanes(int number) {
    return switch (number) {
      case 21, 22, 23, 84, 88 -> 16;
      case 24, 25, 26, 85, 89 -> 8;
      case 27, 28, 31, 32, 86, 90 -> 4;
      case 29, 30, 33, 34, 87, 91 -> 2;
      default -> 0;
    };
  }

  static int result(int number) {
    return switch (number) {
      case 11, 88, 89, 90, 91 -> NONE;
      case 21, 22, 24, 25, 27, 83, 99, 100, 131, 132, 163, 164, 195, 196 -> I32;
      case 29 -> I64;
      case 31 -> F32;
      case 33 -> F64;
      default -> V128;
    };
  }

  /// Addresses excluded.
  private static int[] operands(int number) {
    return switch (number) {
      case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 92, 93 -> new int[] {};
      case 15, 16, 17 -> new int[] {I32};
      case 18 -> new int[] {I64};
      case 19 -> new int[] {F32};
      case 20 -> new int[] {F64};
      case 23, 26, 28 -> new int[] {V128, I32};
      case 30 -> new int[] {V128, I64};
      case 32 -> new int[] {V128, F32};
      case 34 -> new int[] {V128, F64};
      case 107, 108, 109, 139, 140, 141, 171, 172, 173, 203, 204, 205 -> new int[] {V128, I32};
      case 82 -> new int[] {V128, V128, V128};
      default -> takesOne(number) ? new int[] {V128} : new int[] {V128, V128};
    };
  }

  private static boolean takesOne(int number) {
    return switch (number) {
      case 11, 84, 85, 86, 87, 88, 89, 90, 91 -> true;
      case 77, 94, 95, 96, 97, 98, 103, 104, 105, 106, 116, 117, 122, 148 -> true;
      case 124, 125, 126, 127, 128, 129, 135, 136, 137, 138, 160, 161 -> true;
      case 167, 168, 169, 170, 192, 193, 199, 200, 201, 202 -> true;
      case 224, 225, 227, 236, 237, 239 -> true;
      default -> number >= 248 || result(number) != V128;
    };
  }
}
