package io.kogluktualuk.fabric.hash;

import static io.kogluktualuk.fabric.hash.ShaLibrary.BLOCK_BYTES;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Up to sixteen streams that take their steps together: what is next of each, one behind the
/// other, and their states side by side. A lane without a stream computes for nobody.
///
/// **Threading:** one thread. **Memory:** 33 KiB, which stays in the first-level cache.
final class WideLanes {

  static final int LANES = 16;

  /// From so many streams on this is faster than three at a time.
  static final int WORTH = 9;

  /// What is taken of each stream at a time.
  static final int STEP_BLOCKS = 32;

  private static final int STRIDE = STEP_BLOCKS * BLOCK_BYTES;

  private final int[] words = new int[NativeDigest.WORDS * LANES];
  private final MemorySegment states = MemorySegment.ofArray(words);
  private final byte[] bytes = new byte[LANES * STRIDE];
  private final MemorySegment next = MemorySegment.ofArray(bytes);

  /// @param blocks at most [#STEP_BLOCKS], and no more than any of the streams has left
  void step(List<Stream> streams, int blocks) {
    for (int lane = 0; lane < streams.size(); lane++) {
      Stream stream = streams.get(lane);
      stream.next(bytes, lane * STRIDE, blocks * BLOCK_BYTES);
      stream.digest().copyState(words, lane);
    }
    ShaLibrary.wide(states, next, STRIDE, blocks);
    for (int lane = 0; lane < streams.size(); lane++) {
      streams.get(lane).digest().advance(words, lane, blocks);
    }
  }
}
