package io.kogluktualuk.computenode.vm.machine;

import io.kogluktualuk.computenode.vm.machine.MachineTrap.Reason;

/// Scalar instructions that the JVM has no instruction for.
///
/// Small methods, so that the JIT inlines them.
public final class Numbers {

  private static final double TWO_31 = 0x1p31;
  private static final double TWO_32 = 0x1p32;
  private static final double TWO_63 = 0x1p63;
  private static final double TWO_64 = 0x1p64;

  private Numbers() {}

  public static int divide(int left, int right) {
    if (right == -1 && left == Integer.MIN_VALUE) {
      throw new ArithmeticTrap(Reason.INTEGER_OVERFLOW);
    }
    return left / right;
  }

  public static long divide(long left, long right) {
    if (right == -1 && left == Long.MIN_VALUE) {
      throw new ArithmeticTrap(Reason.INTEGER_OVERFLOW);
    }
    return left / right;
  }

  private static ArithmeticTrap outOfRange(double value) {
    return new ArithmeticTrap(
        Double.isNaN(value) ? Reason.BAD_CONVERSION : Reason.INTEGER_OVERFLOW);
  }

  public static int truncateToInt(double value) {
    if (value > -TWO_31 - 1 && value < TWO_31) {
      return (int) value;
    }
    throw outOfRange(value);
  }

  public static int truncateToUnsignedInt(double value) {
    if (value > -1 && value < TWO_32) {
      return (int) (long) value;
    }
    throw outOfRange(value);
  }

  public static long truncateToLong(double value) {
    if (value >= -TWO_63 && value < TWO_63) {
      return (long) value;
    }
    throw outOfRange(value);
  }

  public static long truncateToUnsignedLong(double value) {
    if (value > -1 && value < TWO_64) {
      return saturateToUnsignedLong(value);
    }
    throw outOfRange(value);
  }

  public static int saturateToUnsignedInt(double value) {
    return value >= TWO_32 ? -1 : value > 0 ? (int) (long) value : 0;
  }

  public static long saturateToUnsignedLong(double value) {
    if (value >= TWO_64) {
      return -1;
    }
    if (value >= TWO_63) {
      return (long) (value - TWO_63) ^ Long.MIN_VALUE;
    }
    return value > 0 ? (long) value : 0;
  }

  /// Halves what does not fit a signed number, keeping the bit that is lost so that it still
  /// rounds.
  public static double unsignedToDouble(long value) {
    return value >= 0 ? (double) value : (double) (value >>> 1 | value & 1) * 2;
  }

  public static float unsignedToFloat(long value) {
    return value >= 0 ? (float) value : (float) (value >>> 1 | value & 1) * 2;
  }

  public static float truncate(float value) {
    return (float) truncate((double) value);
  }

  public static double truncate(double value) {
    return value < 0 ? Math.ceil(value) : Math.floor(value);
  }

  public static float copySign(float magnitude, float sign) {
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(magnitude) & Integer.MAX_VALUE
            | Float.floatToRawIntBits(sign) & Integer.MIN_VALUE);
  }

  public static double copySign(double magnitude, double sign) {
    return Double.longBitsToDouble(
        Double.doubleToRawLongBits(magnitude) & Long.MAX_VALUE
            | Double.doubleToRawLongBits(sign) & Long.MIN_VALUE);
  }
}
