package io.kogluktualuk.computenode.vm.machine;

import java.util.Arrays;

/// What the memory of each instance of a module is at first: zeros, but for one range.
///
/// **Threading:** immutable. **Bound:** as long as what lies between the first and the last byte
/// that a segment has.
public final class MemoryImage {

  /// Bytes are compared in blocks: a little more than what was written is restored.
  private static final int BLOCK = 4_096;

  private static final byte[] ZEROS = new byte[BLOCK];

  private final int pages;
  private final int start;
  private final byte[] content;

  /// An image of so many pages.
  ///
  /// @param content what is in it from `start` on, before and behind which there are zeros
  public MemoryImage(int pages, int start, byte[] content) {
    this.pages = pages;
    this.start = start;
    this.content = content;
  }

  int pages() {
    return pages;
  }

  /// Makes the bytes what they were at first; behind the image they were zero. Reads them all, and
  /// writes those blocks that are other than they were.
  void restore(byte[] bytes) {
    for (int at = 0; at < bytes.length; at += BLOCK) {
      int end = Math.min(bytes.length, at + BLOCK);
      if (!isAsAtFirst(bytes, at, end)) {
        restore(bytes, at, end);
      }
    }
  }

  /// Makes the bytes in [from, to) what they were at first.
  private void restore(byte[] bytes, int from, int to) {
    int contentFrom = inside(start, from, to);
    int contentTo = inside(start + content.length, from, to);
    Arrays.fill(bytes, from, contentFrom, (byte) 0);
    if (contentFrom < contentTo) {
      System.arraycopy(content, contentFrom - start, bytes, contentFrom, contentTo - contentFrom);
    }
    Arrays.fill(bytes, contentTo, to, (byte) 0);
  }

  /// For at most one block.
  private boolean isAsAtFirst(byte[] bytes, int from, int to) {
    int contentFrom = inside(start, from, to);
    int contentTo = inside(start + content.length, from, to);
    return isZero(bytes, from, contentFrom)
        && (contentFrom == contentTo
            || Arrays.equals(
                bytes, contentFrom, contentTo, content, contentFrom - start, contentTo - start))
        && isZero(bytes, contentTo, to);
  }

  private static boolean isZero(byte[] bytes, int from, int to) {
    return Arrays.equals(bytes, from, to, ZEROS, 0, to - from);
  }

  private static int inside(int place, int from, int to) {
    return Math.clamp(place, from, to);
  }
}
