package io.kogluktualuk.computenode.vm.machine;

/// Integer instructions on vectors whose results have lanes of another width than their operands,
/// or in another order. See [Lanes] for what a half is.
///
/// Small methods, so that the JIT inlines them.
public final class LaneShapes {

  private static final long BYTES = 0x00FF_00FF_00FF_00FFL;
  private static final long SHORTS = 0x0000_FFFF_0000_FFFFL;
  private static final long HIGH_16 = 0x8000_8000_8000_8000L;
  private static final long HIGH_32 = 0x8000_0000_8000_0000L;

  private LaneShapes() {}

  // ---- wider: the 32 bits of a half that begin at `part` become a half ------------------------

  public static long widenBytesUnsigned(long half, int part) {
    return Long.expand(half >>> part, BYTES);
  }

  public static long widenBytes(long half, int part) {
    long signs = 0x0080_0080_0080_0080L;
    return Lanes.subtract(widenBytesUnsigned(half, part) ^ signs, signs, HIGH_16);
  }

  public static long widenShortsUnsigned(long half, int part) {
    return Long.expand(half >>> part, SHORTS);
  }

  public static long widenShorts(long half, int part) {
    return pair((short) (half >>> part), (short) (half >>> part + 16));
  }

  public static long widenIntsUnsigned(long half, int part) {
    return half >>> part & 0xFFFF_FFFFL;
  }

  public static long widenInts(long half, int part) {
    return (int) (half >>> part);
  }

  private static long pair(int first, int second) {
    return first & 0xFFFF_FFFFL | (long) second << 32;
  }

  // ---- products of wider lanes ----------------------------------------------------------------

  public static long multiplyBytes(long left, long right, int part) {
    return Lanes.multiply(widenBytes(left, part), widenBytes(right, part), HIGH_16);
  }

  public static long multiplyBytesUnsigned(long left, long right, int part) {
    return Lanes.multiply(widenBytesUnsigned(left, part), widenBytesUnsigned(right, part), HIGH_16);
  }

  public static long multiplyShorts(long left, long right, int part) {
    return Lanes.multiply(widenShorts(left, part), widenShorts(right, part), HIGH_32);
  }

  public static long multiplyShortsUnsigned(long left, long right, int part) {
    return Lanes.multiply(
        widenShortsUnsigned(left, part), widenShortsUnsigned(right, part), HIGH_32);
  }

  public static long multiplyInts(long left, long right, int part) {
    return widenInts(left, part) * widenInts(right, part);
  }

  public static long multiplyIntsUnsigned(long left, long right, int part) {
    return widenIntsUnsigned(left, part) * widenIntsUnsigned(right, part);
  }

  // ---- sums of neighbours -----------------------------------------------------------------------

  public static long addPairsOfBytes(long value) {
    long even = Lanes.shiftRight(Lanes.shiftLeft(value, 8, HIGH_16), 8, HIGH_16);
    return Lanes.add(even, Lanes.shiftRight(value, 8, HIGH_16), HIGH_16);
  }

  public static long addPairsOfBytesUnsigned(long value) {
    return (value & BYTES) + (value >>> 8 & BYTES);
  }

  public static long addPairsOfShorts(long value) {
    return pair(
        (short) value + (short) (value >>> 16), (short) (value >>> 32) + (short) (value >>> 48));
  }

  public static long addPairsOfShortsUnsigned(long value) {
    return (value & SHORTS) + (value >>> 16 & SHORTS);
  }

  /// Products of shorts, neighbours added; wraps around.
  public static long dot(long left, long right) {
    return pair(
        (short) left * (short) right + (short) (left >>> 16) * (short) (right >>> 16),
        (short) (left >>> 32) * (short) (right >>> 32)
            + (short) (left >>> 48) * (short) (right >>> 48));
  }

  /// Products of numbers with 15 bits behind the point, rounded.
  public static long multiplyRounding(long left, long right) {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 16) {
      int product = (short) (left >>> shift) * (short) (right >>> shift) + 0x4000 >> 15;
      result |= (Math.min(product, Short.MAX_VALUE) & 0xFFFFL) << shift;
    }
    return result;
  }

  // ---- narrower: both halves become one, by the nearest value that there is -------------------

  public static long narrowShorts(long low, long upper) {
    return shortsToBytes(low, Byte.MIN_VALUE, Byte.MAX_VALUE)
        | shortsToBytes(upper, Byte.MIN_VALUE, Byte.MAX_VALUE) << 32;
  }

  public static long narrowShortsUnsigned(long low, long upper) {
    return shortsToBytes(low, 0, 0xFF) | shortsToBytes(upper, 0, 0xFF) << 32;
  }

  private static long shortsToBytes(long half, int least, int greatest) {
    long result = 0;
    for (int lane = 0; lane < 4; lane++) {
      int value = (short) (half >>> 16 * lane);
      result |= (Math.clamp(value, least, greatest) & 0xFFL) << 8 * lane;
    }
    return result;
  }

  public static long narrowInts(long low, long upper) {
    return intsToShorts(low, Short.MIN_VALUE, Short.MAX_VALUE)
        | intsToShorts(upper, Short.MIN_VALUE, Short.MAX_VALUE) << 32;
  }

  public static long narrowIntsUnsigned(long low, long upper) {
    return intsToShorts(low, 0, 0xFFFF) | intsToShorts(upper, 0, 0xFFFF) << 32;
  }

  private static long intsToShorts(long half, int least, int greatest) {
    return Math.clamp((int) half, least, greatest) & 0xFFFFL
        | (Math.clamp((int) (half >>> 32), least, greatest) & 0xFFFFL) << 16;
  }

  // ---- other orders ---------------------------------------------------------------------------

  /// Bytes of a vector by number; 0 where there is no byte of that number.
  public static long swizzle(long low, long upper, long numbers) {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 8) {
      int number = (int) (numbers >>> shift) & 0xFF;
      long from = number < 8 ? low : upper;
      long found = number < 16 ? from >>> 8 * (number & 7) & 0xFF : 0;
      result |= found << shift;
    }
    return result;
  }

  /// Bytes of two vectors by number, which is below 32.
  public static long shuffle(long low, long upper, long low2, long upper2, long numbers) {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 8) {
      int number = (int) (numbers >>> shift) & 0x1F;
      long from = number < 16 ? number < 8 ? low : upper : number < 24 ? low2 : upper2;
      result |= (from >>> 8 * (number & 7) & 0xFF) << shift;
    }
    return result;
  }
}
