package io.kogluktualuk.computenode.vm.run;

import run.endive.runtime.MStack;

/// Computes vector instructions on floats one lane after another.
///
/// Both widths are computed in double precision, which is exact enough to round to the right
/// single. A NaN that arithmetic makes is the canonical one.
///
/// **Threading:** the guest's thread.
final class ReferenceFloats {

  private ReferenceFloats() {}

  static boolean has(int number) {
    return switch (number) {
      case 94, 95, 103, 104, 105, 106, 116, 117, 122, 148 -> true;
      default -> number >= 224;
    };
  }

  private static double of(long lane, int width) {
    return width == 32 ? Float.intBitsToFloat((int) lane) : Double.longBitsToDouble(lane);
  }

  private static long bits(double value, int width) {
    return width == 32 ? Float.floatToIntBits((float) value) : Double.doubleToLongBits(value);
  }

  static void compare(MStack stack, int number) {
    int width = number <= 70 ? 32 : 64;
    long[] right = ReferenceLanes.pop(stack, width);
    long[] left = ReferenceLanes.pop(stack, width);
    for (int i = 0; i < left.length; i++) {
      left[i] = holds((number - 65) % 6, of(left[i], width), of(right[i], width)) ? -1 : 0;
    }
    ReferenceLanes.push(stack, width, left);
  }

  private static boolean holds(int relation, double left, double right) {
    return switch (relation) {
      case 0 -> left == right;
      case 1 -> left != right;
      case 2 -> left < right;
      case 3 -> left > right;
      case 4 -> left <= right;
      default -> left >= right;
    };
  }

  static void compute(MStack stack, int number) {
    if (number >= 248 || number == 94 || number == 95) {
      convert(stack, number);
    } else if (number >= 224) {
      int width = number < 236 ? 32 : 64;
      int form = (number - 224) % 12;
      if (form < 4) {
        unary(stack, width, form);
      } else {
        binary(stack, width, form);
      }
    } else {
      unary(stack, number <= 106 ? 32 : 64, number);
    }
  }

  private static void unary(MStack stack, int width, int form) {
    long[] lanes = ReferenceLanes.pop(stack, width);
    for (int i = 0; i < lanes.length; i++) {
      double value = of(lanes[i], width);
      lanes[i] =
          switch (form) {
            case 0 -> lanes[i] & ~(1L << width - 1);
            case 1 -> lanes[i] ^ 1L << width - 1;
            case 3 -> bits(Math.sqrt(value), width);
            case 103, 116 -> bits(Math.ceil(value), width);
            case 104, 117 -> bits(Math.floor(value), width);
            case 105, 122 -> bits(value < 0 ? Math.ceil(value) : Math.floor(value), width);
            default -> bits(Math.rint(value), width);
          };
    }
    ReferenceLanes.push(stack, width, lanes);
  }

  private static void binary(MStack stack, int width, int form) {
    long[] right = ReferenceLanes.pop(stack, width);
    long[] left = ReferenceLanes.pop(stack, width);
    for (int i = 0; i < left.length; i++) {
      double a = of(left[i], width);
      double b = of(right[i], width);
      left[i] =
          switch (form) {
            case 4 -> bits(a + b, width);
            case 5 -> bits(a - b, width);
            case 6 -> bits(a * b, width);
            case 7 -> bits(a / b, width);
            case 8 -> bits(Math.min(a, b), width);
            case 9 -> bits(Math.max(a, b), width);
            case 10 -> b < a ? right[i] : left[i];
            default -> a < b ? right[i] : left[i];
          };
    }
    ReferenceLanes.push(stack, width, left);
  }

  private static void convert(MStack stack, int number) {
    boolean fromDoubles = number == 94 || number == 252 || number == 253;
    int from = fromDoubles ? 64 : 32;
    int to = number == 95 || number >= 254 ? 64 : 32;
    long[] lanes = ReferenceLanes.pop(stack, from);
    long[] result = new long[128 / to];
    for (int i = 0; i < Math.min(lanes.length, result.length); i++) {
      result[i] = convert(lanes[i], number, from);
    }
    ReferenceLanes.push(stack, to, result);
  }

  private static long convert(long lane, int number, int from) {
    return switch (number) {
      case 94 -> bits(of(lane, from), 32);
      case 95 -> bits(of(lane, from), 64);
      case 248, 252 -> (int) of(lane, from);
      case 249, 253 -> (long) Math.clamp(Math.floor(of(lane, from)), 0, 0xFFFF_FFFFL);
      case 250 -> bits(lane, 32);
      case 251 -> bits(ReferenceLanes.unsigned(lane, 32), 32);
      case 254 -> bits(lane, 64);
      default -> bits(ReferenceLanes.unsigned(lane, 32), 64);
    };
  }
}
