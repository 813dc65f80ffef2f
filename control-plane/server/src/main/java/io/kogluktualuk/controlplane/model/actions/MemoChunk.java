package io.kogluktualuk.controlplane.model.actions;

import java.util.Arrays;

/// A stretch of memos, one behind the other: each its length, itself, and what is missing to a
/// multiple of [#UNIT] bytes.
///
/// ```
/// u8 length │ key 32 bytes │ the rest of the memo │ 0 to 7 bytes of nothing
/// ```
///
/// What is written never changes. That a memo is forgotten stands beside it, in an array that is
/// replaced when another one is.
///
/// **Threading:** one writer, and no reader meanwhile; [Frozen] parts by anyone.
final class MemoChunk {

  /// Just a mebibyte with the header of an array: collectors that cut their memory into pieces of
  /// that size would give it two of them otherwise.
  static final int BYTES = (1 << 20) - 16;

  /// The most bytes of one memo: they are told by a byte.
  static final int ENTRY_BYTES_MAX = 255;

  /// Memos begin at its multiples.
  static final int UNIT = 8;

  private static final int[] NONE = {};

  /// A chunk as it was at one moment.
  ///
  /// @param used so many bytes of it
  /// @param dead where the forgotten memos begin, ascending; do not change it
  record Frozen(byte[] bytes, int used, int[] dead) {}

  private final byte[] bytes = new byte[BYTES];

  /// Tells chunks apart that were at the same place one after the other.
  private final int serial;

  private int used;
  private int deadBytes;
  private int[] dead = NONE;

  MemoChunk(int serial) {
    this.serial = serial;
  }

  int serial() {
    return serial;
  }

  byte[] bytes() {
    return bytes;
  }

  /// Memory taken, in bytes.
  long memoryBytes() {
    return BYTES + 4L * dead.length;
  }

  boolean hasRoomFor(int length) {
    return used + sizeOf(length) <= BYTES;
  }

  /// Adds the memo that lies somewhere in an array.
  ///
  /// @return where it begins
  int add(byte[] from, int offset, int length) {
    int begin = used;
    bytes[begin] = (byte) length;
    System.arraycopy(from, offset, bytes, begin + 1, length);
    used += sizeOf(length);
    return begin;
  }

  /// Takes note that the memo which begins there is forgotten.
  void forget(int begin) {
    int place = -1 - Arrays.binarySearch(dead, begin);
    int[] more = new int[dead.length + 1];
    System.arraycopy(dead, 0, more, 0, place);
    more[place] = begin;
    System.arraycopy(dead, place, more, place + 1, dead.length - place);
    dead = more;
    deadBytes += sizeOf(lengthAt(bytes, begin));
  }

  /// Whether more than a quarter of what it holds is forgotten.
  boolean isWorthCleaning() {
    return deadBytes * 4 > used;
  }

  Frozen freeze() {
    return new Frozen(bytes, used, dead);
  }

  static int lengthAt(byte[] bytes, int begin) {
    return bytes[begin] & 0xFF;
  }

  /// What a memo takes with its length.
  static int sizeOf(int length) {
    return (1 + length + UNIT - 1) / UNIT * UNIT;
  }
}
