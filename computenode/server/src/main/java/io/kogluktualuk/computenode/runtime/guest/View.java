package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.computenode.vm.run.GuestTrap;
import io.kogluktualuk.computenode.vm.run.TrapKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Content opened with `kog_open`: read in place, chunk by chunk.
///
/// **Threading:** the guest's thread. **Invariant:** `part` holds the bytes `[start, end)`.
final class View {

  private static final ValueLayout.OfInt LE_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private final Readable content;
  private MemorySegment part = MemorySegment.NULL;
  private long start;
  private long end;

  View(Readable content) {
    this.content = content;
  }

  Readable content() {
    return content;
  }

  /// Gives back what it reads in place.
  void close() {
    end = start;
    part = MemorySegment.NULL;
    content.close();
  }

  int load8(long offset) {
    slideTo(offset);
    return part.get(ValueLayout.JAVA_BYTE, offset - start) & 0xFF;
  }

  int load32(long offset) {
    slideTo(offset);
    return end - offset >= 4 ? part.get(LE_INT, offset - start) : (int) loadAcross(offset, 4);
  }

  long load64(long offset) {
    slideTo(offset);
    return end - offset >= 8 ? part.get(LE_LONG, offset - start) : loadAcross(offset, 8);
  }

  private long loadAcross(long offset, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) load8(offset + i) << 8 * i;
    }
    return value;
  }

  /// The offset of the first `wanted` in [offset, limit), or `limit`.
  long find(long offset, long limit, int wanted) {
    long at = offset;
    while (at < limit) {
      slideTo(at);
      long stop = Math.min(limit, end);
      long found = findInPart(at - start, stop - start, wanted) + start;
      if (found < stop) {
        return found;
      }
      at = stop;
    }
    return limit;
  }

  /// Eight bytes at a time: the first zero byte of `word ^ pattern` is the first match.
  private long findInPart(long from, long to, int wanted) {
    long pattern = (wanted & 0xFF) * LOW_BITS;
    long at = from;
    for (; at + 8 <= to; at += 8) {
      long word = part.get(LE_LONG, at) ^ pattern;
      long zeros = (word - LOW_BITS) & ~word & HIGH_BITS;
      if (zeros != 0) {
        return at + (Long.numberOfTrailingZeros(zeros) >>> 3);
      }
    }
    while (at < to && part.get(ValueLayout.JAVA_BYTE, at) != (byte) wanted) {
      at++;
    }
    return at;
  }

  private void slideTo(long offset) {
    if (offset >= start && offset < end) {
      return;
    }
    if (offset < 0 || offset >= content.length()) {
      throw new GuestTrap(
          TrapKind.OUT_OF_BOUNDS, "a view of " + content.length() + " bytes has none at " + offset);
    }
    part = content.at(offset);
    start = offset;
    end = offset + part.byteSize();
  }
}
