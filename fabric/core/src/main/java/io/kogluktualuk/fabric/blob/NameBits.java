package io.kogluktualuk.fabric.blob;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Names as strings of bits, and what lies between two of them.
///
/// A name's bits are those of its UTF-8 bytes, the highest of each first, and then zeros without
/// end. A name has no NUL, so the bits of different names differ, and their order is that of the
/// names. Where two names first differ, the lower has a 0 and the higher a 1.
///
/// A *separator* of two names is the shortest string of bits that the higher one begins with and
/// the lower one does not: what they have in common, and a 1. It is kept as bytes, filled up with
/// zeros, so the last 1 in it tells how long it is; compared as bytes, a name is below it or not.
///
/// **Threading:** stateless.
final class NameBits {

  private NameBits() {}

  static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  /// Where two names, or separators, first differ.
  ///
  /// @throws IllegalArgumentException when they do not
  static int firstDifference(byte[] a, byte[] b) {
    int at = Arrays.mismatch(a, b);
    if (at < 0) {
      throw new IllegalArgumentException("two equal names");
    }
    int difference = ((at < a.length ? a[at] : 0) ^ (at < b.length ? b[at] : 0)) & 0xFF;
    return Byte.SIZE * at + Integer.numberOfLeadingZeros(difference) - (Integer.SIZE - Byte.SIZE);
  }

  /// The separator that ends with the given bit of a name, which is a 1.
  static byte[] separator(byte[] higher, int bit) {
    byte[] separator = Arrays.copyOf(higher, bit / Byte.SIZE + 1);
    separator[separator.length - 1] &= (byte) (0xFF00 >> (bit % Byte.SIZE + 1));
    return separator;
  }

  /// The bit that a separator ends with: where what it separates differs.
  static int lastBit(byte[] separator) {
    int last = separator[separator.length - 1] & 0xFF;
    return Byte.SIZE * separator.length - 1 - Integer.numberOfTrailingZeros(last);
  }

  /// The separator of a name and what lies above another separator, where the name does not.
  ///
  /// @param separator what the higher names all begin with
  static byte[] above(byte[] name, byte[] separator) {
    int bit = firstDifference(name, separator);
    return bit < lastBit(separator) ? separator(separator, bit) : separator;
  }

  /// The separator of a name and what lies below another separator, where the name does not.
  ///
  /// @param separator what the lower names all begin with but for its last bit
  static byte[] below(byte[] separator, byte[] name) {
    int at = Arrays.mismatch(separator, name);
    if (at < 0 || at >= separator.length) {
      return separator;
    }
    int bit = firstDifference(separator, name);
    return bit < lastBit(separator) ? separator(name, bit) : separator;
  }
}
