package io.kogluktualuk.computenode.vm.run;

import java.util.Arrays;
import run.endive.runtime.MStack;

/// Computes vector instructions one lane after another, each lane a signed number.
///
/// **Threading:** the guest's thread.
final class ReferenceLanes {

  private ReferenceLanes() {}

  // ---- taking apart and putting together -------------------------------------------------------

  static long[] pop(MStack stack, int width) {
    long upper = stack.pop();
    return split(stack.pop(), upper, width);
  }

  static long[] split(long lower, long upper, int width) {
    long[] lanes = new long[128 / width];
    for (int i = 0; i < lanes.length; i++) {
      int bit = i * width;
      long half = bit < 64 ? lower : upper;
      lanes[i] = half >>> bit % 64 << 64 - width >> 64 - width;
    }
    return lanes;
  }

  static void push(MStack stack, int width, long... lanes) {
    long[] halves = new long[2];
    for (int i = 0; i < lanes.length; i++) {
      int bit = i * width;
      halves[bit / 64] |= unsigned(lanes[i], width) << bit % 64;
    }
    stack.push(halves[0]);
    stack.push(halves[1]);
  }

  static long unsigned(long lane, int width) {
    return lane << 64 - width >>> 64 - width;
  }

  static long[] repeat(int width, long lane) {
    long[] lanes = new long[128 / width];
    Arrays.fill(lanes, lane);
    return lanes;
  }

  static long[] widen(long[] narrow, int first, int width, boolean signed) {
    long[] wide = new long[narrow.length / 2];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = signed ? narrow[first + i] : unsigned(narrow[first + i], width);
    }
    return wide;
  }

  // ---- instructions ----------------------------------------------------------------------------

  static void compute(int number, MStack stack) {
    if (number == 14) {
      swizzle(stack);
    } else if (number <= 64) {
      compare(stack, 8 << (number - 35) / 10, (number - 35) % 10);
    } else if (number <= 76) {
      ReferenceFloats.compare(stack, number);
    } else if (number <= 83) {
      bits(stack, number);
    } else if (ReferenceFloats.has(number)) {
      ReferenceFloats.compute(stack, number);
    } else if (number >= 214 && number <= 219) {
      compare(stack, 64, new int[] {0, 1, 2, 4, 6, 8}[number - 214]);
    } else {
      integers(stack, 8 << (number - 96) / 32, (number - 96) % 32);
    }
  }

  private static void swizzle(MStack stack) {
    long[] numbers = pop(stack, 8);
    long[] bytes = pop(stack, 8);
    long[] result = new long[16];
    for (int i = 0; i < 16; i++) {
      long number = unsigned(numbers[i], 8);
      result[i] = number < 16 ? bytes[(int) number] : 0;
    }
    push(stack, 8, result);
  }

  /// Equal, not equal, then less, greater, less or equal, greater or equal, each also unsigned.
  private static void compare(MStack stack, int width, int relation) {
    long[] right = pop(stack, width);
    long[] left = pop(stack, width);
    for (int i = 0; i < left.length; i++) {
      int order =
          relation % 2 == 0
              ? Long.compare(left[i], right[i])
              : Long.compareUnsigned(unsigned(left[i], width), unsigned(right[i], width));
      left[i] = holds(relation, order) ? -1 : 0;
    }
    push(stack, width, left);
  }

  private static boolean holds(int relation, int order) {
    return switch (relation) {
      case 0 -> order == 0;
      case 1 -> order != 0;
      case 2, 3 -> order < 0;
      case 4, 5 -> order > 0;
      case 6, 7 -> order <= 0;
      default -> order >= 0;
    };
  }

  private static void bits(MStack stack, int number) {
    long[] last = pop(stack, 8);
    if (number == 83) {
      stack.push(Arrays.stream(last).anyMatch(lane -> lane != 0) ? 1 : 0);
      return;
    }
    long[] second = number == 77 ? last : pop(stack, 8);
    long[] first = number == 82 ? pop(stack, 8) : second;
    long[] result = new long[16];
    for (int i = 0; i < 16; i++) {
      result[i] =
          switch (number) {
            case 77 -> ~last[i];
            case 78 -> second[i] & last[i];
            case 79 -> second[i] & ~last[i];
            case 80 -> second[i] | last[i];
            case 81 -> second[i] ^ last[i];
            default -> first[i] & last[i] | second[i] & ~last[i];
          };
    }
    push(stack, 8, result);
  }

  /// @param form the number counted from that of `abs` for the same lanes
  private static void integers(MStack stack, int width, int form) {
    switch (form) {
      case 2 -> {
        if (width == 8) {
          unary(stack, width, form);
        } else {
          binary(stack, width, form);
        }
      }
      case 0, 1 -> unary(stack, width, form);
      case 3 -> stack.push(Arrays.stream(pop(stack, width)).allMatch(lane -> lane != 0) ? 1 : 0);
      case 4 -> mask(stack, width);
      case 5, 6 -> narrow(stack, width, form == 5);
      case 7, 8, 9, 10 -> {
        long[] narrow = pop(stack, width / 2);
        int first = form % 2 == 1 ? 0 : narrow.length / 2;
        push(stack, width, widen(narrow, first, width / 2, form < 9));
      }
      case 11, 12, 13 -> shift(stack, width, form);
      case 28, 29, 30, 31 -> {
        if (width == 8) {
          addPairs(stack, form < 30 ? 8 : 16, form % 2 == 0);
        } else {
          multiplyWide(stack, width, form);
        }
      }
      default -> binary(stack, width, form);
    }
  }

  private static void unary(MStack stack, int width, int form) {
    long[] lanes = pop(stack, width);
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] =
          switch (form) {
            case 0 -> Math.abs(lanes[i]);
            case 1 -> -lanes[i];
            default -> Long.bitCount(unsigned(lanes[i], width));
          };
    }
    push(stack, width, lanes);
  }

  private static void mask(MStack stack, int width) {
    long[] lanes = pop(stack, width);
    long mask = 0;
    for (int i = 0; i < lanes.length; i++) {
      mask |= lanes[i] < 0 ? 1L << i : 0;
    }
    stack.push(mask);
  }

  private static void narrow(MStack stack, int width, boolean signed) {
    long[] second = pop(stack, 2 * width);
    long[] first = pop(stack, 2 * width);
    long[] result = new long[128 / width];
    for (int i = 0; i < result.length; i++) {
      long lane = i < first.length ? first[i] : second[i - first.length];
      result[i] = signed ? clamp(lane, width) : clampUnsigned(lane, width);
    }
    push(stack, width, result);
  }

  private static long clamp(long value, int width) {
    return Math.clamp(value, -1L << width - 1, (1L << width - 1) - 1);
  }

  private static long clampUnsigned(long value, int width) {
    return Math.clamp(value, 0, (1L << width) - 1);
  }

  private static void shift(MStack stack, int width, int form) {
    int count = (int) stack.pop() & width - 1;
    long[] lanes = pop(stack, width);
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] =
          switch (form) {
            case 11 -> lanes[i] << count;
            case 12 -> lanes[i] >> count;
            default -> unsigned(lanes[i], width) >>> count;
          };
    }
    push(stack, width, lanes);
  }

  private static void addPairs(MStack stack, int width, boolean signed) {
    long[] lanes = pop(stack, width);
    long[] sums = new long[lanes.length / 2];
    for (int i = 0; i < lanes.length; i++) {
      sums[i / 2] += signed ? lanes[i] : unsigned(lanes[i], width);
    }
    push(stack, 2 * width, sums);
  }

  private static void multiplyWide(MStack stack, int width, int form) {
    long[] right = pop(stack, width / 2);
    long[] left = pop(stack, width / 2);
    int first = form % 2 == 0 ? 0 : left.length / 2;
    long[] result = widen(left, first, width / 2, form < 30);
    long[] factors = widen(right, first, width / 2, form < 30);
    for (int i = 0; i < result.length; i++) {
      result[i] *= factors[i];
    }
    push(stack, width, result);
  }

  private static void binary(MStack stack, int width, int form) {
    if (form == 26) {
      dot(stack);
      return;
    }
    long[] right = pop(stack, width);
    long[] left = pop(stack, width);
    for (int i = 0; i < left.length; i++) {
      long a = unsigned(left[i], width);
      long b = unsigned(right[i], width);
      left[i] =
          switch (form) {
            case 2 -> clamp(left[i] * right[i] + 0x4000 >> 15, width);
            case 14 -> left[i] + right[i];
            case 15 -> clamp(left[i] + right[i], width);
            case 16 -> clampUnsigned(a + b, width);
            case 17 -> left[i] - right[i];
            case 18 -> clamp(left[i] - right[i], width);
            case 19 -> clampUnsigned(a - b, width);
            case 21 -> left[i] * right[i];
            case 22 -> Math.min(left[i], right[i]);
            case 23 -> Math.min(a, b);
            case 24 -> Math.max(left[i], right[i]);
            case 25 -> Math.max(a, b);
            case 27 -> (a + b + 1) / 2;
            default -> throw new IllegalStateException("no vector instruction: " + form);
          };
    }
    push(stack, width, left);
  }

  private static void dot(MStack stack) {
    long[] right = pop(stack, 16);
    long[] left = pop(stack, 16);
    long[] sums = new long[4];
    for (int i = 0; i < left.length; i++) {
      sums[i / 2] += left[i] * right[i];
    }
    push(stack, 32, sums);
  }
}
