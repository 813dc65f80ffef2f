package io.kogluktualuk.computenode.vm.machine;

/// Instructions on the double that is half a vector. Every NaN that arithmetic makes is the
/// canonical one at once: `doubleToLongBits` knows no other.
///
/// Small methods, so that the JIT inlines them.
public final class DoubleLanes {

  private DoubleLanes() {}

  private static double of(long half) {
    return Double.longBitsToDouble(half);
  }

  private static long canonical(double value) {
    return Double.doubleToLongBits(value);
  }

  private static long mask(boolean all) {
    return all ? -1 : 0;
  }

  // ---- comparisons --------------------------------------------------------------------------

  public static long equal(long left, long right) {
    return mask(of(left) == of(right));
  }

  public static long notEqual(long left, long right) {
    return mask(of(left) != of(right));
  }

  public static long less(long left, long right) {
    return mask(of(left) < of(right));
  }

  public static long greater(long left, long right) {
    return mask(of(left) > of(right));
  }

  public static long lessOrEqual(long left, long right) {
    return mask(of(left) <= of(right));
  }

  public static long greaterOrEqual(long left, long right) {
    return mask(of(left) >= of(right));
  }

  // ---- arithmetic ---------------------------------------------------------------------------

  public static long add(long left, long right) {
    return canonical(of(left) + of(right));
  }

  public static long subtract(long left, long right) {
    return canonical(of(left) - of(right));
  }

  public static long multiply(long left, long right) {
    return canonical(of(left) * of(right));
  }

  public static long divide(long left, long right) {
    return canonical(of(left) / of(right));
  }

  public static long least(long left, long right) {
    return canonical(Math.min(of(left), of(right)));
  }

  public static long greatest(long left, long right) {
    return canonical(Math.max(of(left), of(right)));
  }

  /// The right one where it is less, bit for bit.
  public static long leastOf(long left, long right) {
    return of(right) < of(left) ? right : left;
  }

  /// The right one where it is greater, bit for bit.
  public static long greatestOf(long left, long right) {
    return of(left) < of(right) ? right : left;
  }

  public static long squareRoot(long value) {
    return canonical(Math.sqrt(of(value)));
  }

  public static long ceil(long value) {
    return canonical(Math.ceil(of(value)));
  }

  public static long floor(long value) {
    return canonical(Math.floor(of(value)));
  }

  public static long truncate(long value) {
    return canonical(Numbers.truncate(of(value)));
  }

  public static long nearest(long value) {
    return canonical(Math.rint(of(value)));
  }

  // ---- conversions --------------------------------------------------------------------------

  /// The two doubles of a vector as ints.
  public static long toInts(long low, long upper) {
    return (int) of(low) & 0xFFFF_FFFFL | (long) (int) of(upper) << 32;
  }

  public static long toUnsignedInts(long low, long upper) {
    return Numbers.saturateToUnsignedInt(of(low)) & 0xFFFF_FFFFL
        | (long) Numbers.saturateToUnsignedInt(of(upper)) << 32;
  }

  // ---- of the 32 bits of a half that begin at `part` ------------------------------------------

  public static long ofInt(long half, int part) {
    return canonical((int) (half >>> part));
  }

  public static long ofUnsignedInt(long half, int part) {
    return canonical(half >>> part & 0xFFFF_FFFFL);
  }

  public static long ofFloat(long half, int part) {
    return canonical(Float.intBitsToFloat((int) (half >>> part)));
  }
}
