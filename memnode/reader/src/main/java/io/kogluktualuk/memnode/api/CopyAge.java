package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// How long the original of a copy has been left alone: so long has the copy, or copies of what
/// nobody needs would keep each other young, and no collection would ever find all of them old.
///
/// It counts at a node that knows the same generation of pins. At one that knows another one a
/// mark may be under way that has passed the copy by; there it is as new.
///
/// @param generation of pins, whose mark is complete, as far as the original's node knows
/// @param quietSeconds since the original was put, pinned or let go of
public record CopyAge(long generation, long quietSeconds) {

  /// More than sixty years.
  private static final long QUIET_MAX = 1L << 31;

  /// Of a copy that is as new.
  public static final CopyAge NEW = new CopyAge(0, 0);

  public CopyAge {
    PinRequest.checkGeneration(generation);
    if (quietSeconds < 0 || quietSeconds > QUIET_MAX) {
      throw new IllegalArgumentException("left alone for " + quietSeconds + " s");
    }
  }

  /// At most an eighth younger, so that many copies have an age in common.
  public CopyAge roundedDown() {
    long step = Math.max(1, Long.highestOneBit(quietSeconds) / 8);
    return new CopyAge(generation, quietSeconds / step * step);
  }

  static CopyAge read(CanonicalReader reader) {
    return new CopyAge(PinRequest.readGeneration(reader), reader.varint(QUIET_MAX, "an age"));
  }

  void write(CanonicalWriter writer) {
    writer.varint(generation).varint(quietSeconds);
  }
}
