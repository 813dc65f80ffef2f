package io.kogluktualuk.computenode.vm.machine;

import java.util.Arrays;

/// What the memory of each instance of a module is at first: zeros, but for one range.
///
/// **Threading:** immutable. **Bound:** as long as what lies between the first and the last byte
/// that a segment has.
public final class MemoryImage {

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

  /// Makes the bytes what they were at first; behind the image they were zero. Writes them all:
  /// that takes less time than to look for those that are other than they were.
  void restore(byte[] bytes) {
    int end = start + content.length;
    Arrays.fill(bytes, 0, start, (byte) 0);
    System.arraycopy(content, 0, bytes, start, content.length);
    Arrays.fill(bytes, end, bytes.length, (byte) 0);
  }
}
