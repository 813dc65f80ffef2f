package io.kogluktualuk.computenode.vm.machine;

/// Instructions on the two floats in half a vector. Every NaN that arithmetic makes is the
/// canonical one at once: `floatToIntBits` knows no other.
///
/// Small methods, so that the JIT inlines them.
public final class FloatLanes {

  private FloatLanes() {}

  private static float first(long half) {
    return Float.intBitsToFloat((int) half);
  }

  private static float second(long half) {
    return Float.intBitsToFloat((int) (half >>> 32));
  }

  private static long pair(int first, int second) {
    return first & 0xFFFF_FFFFL | (long) second << 32;
  }

  private static long canonical(float first, float second) {
    return pair(Float.floatToIntBits(first), Float.floatToIntBits(second));
  }

  private static long mask(boolean first, boolean second) {
    return pair(first ? -1 : 0, second ? -1 : 0);
  }

  // ---- comparisons --------------------------------------------------------------------------

  public static long equal(long left, long right) {
    return mask(first(left) == first(right), second(left) == second(right));
  }

  public static long notEqual(long left, long right) {
    return ~equal(left, right);
  }

  public static long less(long left, long right) {
    return mask(first(left) < first(right), second(left) < second(right));
  }

  public static long greater(long left, long right) {
    return less(right, left);
  }

  public static long lessOrEqual(long left, long right) {
    return mask(first(left) <= first(right), second(left) <= second(right));
  }

  public static long greaterOrEqual(long left, long right) {
    return lessOrEqual(right, left);
  }

  // ---- arithmetic ---------------------------------------------------------------------------

  public static long add(long left, long right) {
    return canonical(first(left) + first(right), second(left) + second(right));
  }

  public static long subtract(long left, long right) {
    return canonical(first(left) - first(right), second(left) - second(right));
  }

  public static long multiply(long left, long right) {
    return canonical(first(left) * first(right), second(left) * second(right));
  }

  public static long divide(long left, long right) {
    return canonical(first(left) / first(right), second(left) / second(right));
  }

  public static long least(long left, long right) {
    return canonical(Math.min(first(left), first(right)), Math.min(second(left), second(right)));
  }

  public static long greatest(long left, long right) {
    return canonical(Math.max(first(left), first(right)), Math.max(second(left), second(right)));
  }

  /// The right one where it is less, bit for bit.
  public static long leastOf(long left, long right) {
    long mask = less(right, left);
    return right & mask | left & ~mask;
  }

  /// The right one where it is greater, bit for bit.
  public static long greatestOf(long left, long right) {
    long mask = less(left, right);
    return right & mask | left & ~mask;
  }

  // In double precision these are exact enough to round to the right single.

  public static long squareRoot(long value) {
    return canonical((float) Math.sqrt(first(value)), (float) Math.sqrt(second(value)));
  }

  public static long ceil(long value) {
    return canonical((float) Math.ceil(first(value)), (float) Math.ceil(second(value)));
  }

  public static long floor(long value) {
    return canonical((float) Math.floor(first(value)), (float) Math.floor(second(value)));
  }

  public static long truncate(long value) {
    return canonical(Numbers.truncate(first(value)), Numbers.truncate(second(value)));
  }

  public static long nearest(long value) {
    return canonical((float) Math.rint(first(value)), (float) Math.rint(second(value)));
  }

  // ---- conversions --------------------------------------------------------------------------

  public static long toInts(long value) {
    return pair((int) first(value), (int) second(value));
  }

  public static long toUnsignedInts(long value) {
    return pair(
        Numbers.saturateToUnsignedInt(first(value)), Numbers.saturateToUnsignedInt(second(value)));
  }

  public static long ofInts(long value) {
    return canonical((int) value, (int) (value >>> 32));
  }

  public static long ofUnsignedInts(long value) {
    return canonical(value & 0xFFFF_FFFFL, value >>> 32);
  }

  /// The two doubles of a vector as floats.
  public static long ofDoubles(long low, long upper) {
    return canonical((float) Double.longBitsToDouble(low), (float) Double.longBitsToDouble(upper));
  }
}
