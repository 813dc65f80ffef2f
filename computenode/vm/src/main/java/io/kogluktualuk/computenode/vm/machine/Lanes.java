package io.kogluktualuk.computenode.vm.machine;

/// Integer instructions on the lanes of half a vector, all lanes of a `long` at once.
///
/// A vector of 128 bits is two longs, the lower lanes in the first, the first lane in the lowest
/// bits. What works lane by lane works on each half alone. `high` has the highest bit of each lane
/// set and so says how wide the lanes are: 8, 16, 32 or 64 bits. Carries are kept from the next
/// lane by setting the highest bits aside.
///
/// The methods on words without branches are those of Henry S. Warren, "Hacker's Delight", 2nd
/// edition, chapter 2: adding and comparing several fields at once (2-18, 2-12), averages (2-5).
///
/// Small methods without branches, so that the JIT inlines and schedules them.
public final class Lanes {

  private Lanes() {}

  private static int width(long high) {
    return Long.numberOfTrailingZeros(high) + 1;
  }

  /// The lowest bit of each lane.
  private static long ones(long high) {
    return high >>> width(high) - 1;
  }

  /// All bits of those lanes whose highest bit is set in `bits`, which has no others.
  private static long fill(long bits, long high) {
    return bits - (bits >>> width(high) - 1) | bits;
  }

  private static long choose(long mask, long left, long right) {
    return left & mask | right & ~mask;
  }

  // ---- arithmetic --------------------------------------------------------------------------

  public static long add(long left, long right, long high) {
    return (left & ~high) + (right & ~high) ^ (left ^ right) & high;
  }

  public static long subtract(long left, long right, long high) {
    return (left | high) - (right & ~high) ^ (left ^ ~right) & high;
  }

  public static long negate(long value, long high) {
    return subtract(0, value, high);
  }

  public static long absolute(long value, long high) {
    long negative = fill(value & high, high);
    return subtract(value ^ negative, negative, high);
  }

  public static long addSaturating(long left, long right, long high) {
    long sum = add(left, right, high);
    return saturate(left, sum, (left ^ sum) & (right ^ sum) & high, high);
  }

  public static long subtractSaturating(long left, long right, long high) {
    long difference = subtract(left, right, high);
    return saturate(left, difference, (left ^ right) & (left ^ difference) & high, high);
  }

  /// In lanes that overflowed, the extreme on the side of the left operand.
  private static long saturate(long left, long result, long overflow, long high) {
    return choose(fill(overflow, high), ~high ^ fill(left & high, high), result);
  }

  public static long addSaturatingUnsigned(long left, long right, long high) {
    long sum = add(left, right, high);
    return sum | fill((left & right | (left | right) & ~sum) & high, high);
  }

  public static long subtractSaturatingUnsigned(long left, long right, long high) {
    return subtract(left, right, high) & ~lessUnsigned(left, right, high);
  }

  public static long averageUnsigned(long left, long right, long high) {
    return (left | right) - (((left ^ right) & ~ones(high)) >>> 1);
  }

  /// Of lanes of 16 or 32 bits.
  public static long multiply(long left, long right, long high) {
    int width = width(high);
    long product = 0;
    long lane = -1L >>> 64 - width;
    for (int shift = 0; shift < 64; shift += width) {
      product |= ((left >>> shift) * (right >>> shift) & lane) << shift;
    }
    return product;
  }

  /// Set bits of each byte.
  public static long countBits(long value) {
    long pairs = value - (value >>> 1 & 0x5555_5555_5555_5555L);
    long fours = (pairs & 0x3333_3333_3333_3333L) + (pairs >>> 2 & 0x3333_3333_3333_3333L);
    return fours + (fours >>> 4) & 0x0F0F_0F0F_0F0F_0F0FL;
  }

  // ---- comparisons: all bits of a lane, or none ---------------------------------------------

  public static long equal(long left, long right, long high) {
    long difference = left ^ right;
    return fill(~((difference & ~high) + ~high | difference) & high, high);
  }

  public static long notEqual(long left, long right, long high) {
    return ~equal(left, right, high);
  }

  public static long lessUnsigned(long left, long right, long high) {
    long difference = subtract(left, right, high);
    return fill((~left & right | (~left | right) & difference) & high, high);
  }

  public static long less(long left, long right, long high) {
    return lessUnsigned(left ^ high, right ^ high, high);
  }

  public static long greater(long left, long right, long high) {
    return less(right, left, high);
  }

  public static long greaterUnsigned(long left, long right, long high) {
    return lessUnsigned(right, left, high);
  }

  public static long lessOrEqual(long left, long right, long high) {
    return ~less(right, left, high);
  }

  public static long lessOrEqualUnsigned(long left, long right, long high) {
    return ~lessUnsigned(right, left, high);
  }

  public static long greaterOrEqual(long left, long right, long high) {
    return ~less(left, right, high);
  }

  public static long greaterOrEqualUnsigned(long left, long right, long high) {
    return ~lessUnsigned(left, right, high);
  }

  public static long least(long left, long right, long high) {
    return choose(less(left, right, high), left, right);
  }

  public static long leastUnsigned(long left, long right, long high) {
    return choose(lessUnsigned(left, right, high), left, right);
  }

  public static long greatest(long left, long right, long high) {
    return choose(less(left, right, high), right, left);
  }

  public static long greatestUnsigned(long left, long right, long high) {
    return choose(lessUnsigned(left, right, high), right, left);
  }

  // ---- shifts, by a count taken modulo the width ---------------------------------------------

  public static long shiftLeft(long value, int count, long high) {
    int by = count & width(high) - 1;
    return value << by & ~(ones(high) * ((1L << by) - 1));
  }

  public static long shiftRightUnsigned(long value, int count, long high) {
    int by = count & width(high) - 1;
    return value >>> by & staying(by, high);
  }

  public static long shiftRight(long value, int count, long high) {
    int by = count & width(high) - 1;
    long staying = staying(by, high);
    return value >>> by & staying | fill(value & high, high) & ~staying;
  }

  /// The bits of each lane that hold what was in the lane before a shift to the right.
  private static long staying(int by, long high) {
    return ones(high) * (-1L >>> 64 - width(high) >>> by);
  }

  // ---- tests of both halves -----------------------------------------------------------------

  public static int anyTrue(long low, long upper) {
    return (low | upper) == 0 ? 0 : 1;
  }

  public static int allTrue(long low, long upper, long high) {
    return (equal(low, 0, high) | equal(upper, 0, high)) == 0 ? 1 : 0;
  }

  /// The highest bit of each lane, the first lane's in the lowest bit.
  public static int bits(long low, long upper, long high) {
    return (int) (Long.compress(low, high) | Long.compress(upper, high) << 64 / width(high));
  }

  // ---- signs of floats ----------------------------------------------------------------------

  public static long clearSign(long value, long high) {
    return value & ~high;
  }

  public static long flipSign(long value, long high) {
    return value ^ high;
  }
}
