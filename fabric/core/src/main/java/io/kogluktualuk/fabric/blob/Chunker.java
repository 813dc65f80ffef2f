package io.kogluktualuk.fabric.blob;

import java.util.SplittableRandom;

/// Decides where long content is cut into chunks, from the content alone.
///
/// Content-defined chunking with a gear hash (Xia et al., "FastCDC", USENIX ATC 2016): beyond the
/// shortest chunk, a cut comes where a rolling hash of the last 64 bytes has [#MASK] bits zero. An
/// insertion therefore moves only the cuts next to it. The cut is then moved forward to just after
/// the next line end if there is one within [#LINE_END_SEARCH] bytes, so that chunks of text hold
/// whole lines and a program that works by line can use chunks as they are.
///
/// The table of the gear hash comes from a fixed generator; changing anything here changes how
/// content is cut (not what can be read), so it is a new version of the store's habits.
///
/// **Threading:** stateless.
public final class Chunker {

  /// No chunk but the last of a content is shorter.
  public static final int LENGTH_MIN = 2 << 20;

  /// No chunk is longer.
  public static final int LENGTH_MAX = Blob.LENGTH_MAX;

  static final int LINE_END_SEARCH = 64 * 1024;

  /// Of what lies before the shortest chunk's end, only so many bytes matter.
  public static final int LOOK_BACK = 64;

  /// 20 bits: a cut about 1 MiB after the shortest chunk, so chunks of about 3 MiB.
  private static final long MASK = 0xFFFFFL << 44;

  private static final long[] GEAR = new SplittableRandom(0x6b6f676c756b7475L).longs(256).toArray();
  private static final int WINDOW = LOOK_BACK;

  private Chunker() {}

  /// The length of the first chunk of `bytes[offset, offset + available)`.
  ///
  /// The answer depends on at most the first [#LENGTH_MAX] bytes, so the caller passes that many
  /// unless the content ends before.
  public static int cut(byte[] bytes, int offset, int available) {
    if (available <= LENGTH_MIN) {
      return available;
    }
    int limit = Math.min(available, LENGTH_MAX);
    int candidate = rollingCut(bytes, offset, limit);
    return afterLineEnd(bytes, offset, candidate, limit, available);
  }

  private static int rollingCut(byte[] bytes, int offset, int limit) {
    long hash = 0;
    for (int i = LENGTH_MIN - WINDOW; i < LENGTH_MIN; i++) {
      hash = (hash << 1) + GEAR[bytes[offset + i] & 0xFF];
    }
    for (int i = LENGTH_MIN; i < limit; i++) {
      hash = (hash << 1) + GEAR[bytes[offset + i] & 0xFF];
      if ((hash & MASK) == 0) {
        return i + 1;
      }
    }
    return limit;
  }

  private static int afterLineEnd(
      byte[] bytes, int offset, int candidate, int limit, int available) {
    if (candidate == available) {
      return candidate;
    }
    for (int i = candidate - 1; i < Math.min(limit, candidate + LINE_END_SEARCH); i++) {
      if (bytes[offset + i] == '\n') {
        return i + 1;
      }
    }
    if (candidate < limit) {
      return candidate;
    }
    // The longest chunk: look back instead, since there is nothing ahead.
    for (int i = limit - 1; i >= limit - LINE_END_SEARCH; i--) {
      if (bytes[offset + i] == '\n') {
        return i + 1;
      }
    }
    return limit;
  }
}
