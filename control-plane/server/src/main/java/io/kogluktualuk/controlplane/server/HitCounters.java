package io.kogluktualuk.controlplane.server;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/// How often each memo was looked up since this node started: 4 bytes for each memo that ever was
/// in a block of those that were hit. Not part of the replicated state.
///
/// **Threading:** any thread. **Bound:** [#BLOCKS_MAX] blocks; memos beyond are not counted singly.
/// A counter that overflows starts again at zero.
final class HitCounters {

  private static final int BLOCK_SHIFT = 14;
  private static final int BLOCK_SIZE = 1 << BLOCK_SHIFT;
  private static final int BLOCKS_MAX = 4096;

  private final AtomicReferenceArray<AtomicIntegerArray> blocks =
      new AtomicReferenceArray<>(BLOCKS_MAX);
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  /// @param ordinal of the memo that was found
  void hit(int ordinal) {
    hits.increment();
    int block = ordinal >>> BLOCK_SHIFT;
    if (block >= BLOCKS_MAX) {
      return;
    }
    AtomicIntegerArray counters = blocks.get(block);
    if (counters == null) {
      AtomicIntegerArray fresh = new AtomicIntegerArray(BLOCK_SIZE);
      AtomicIntegerArray other = blocks.compareAndExchange(block, null, fresh);
      counters = other == null ? fresh : other;
    }
    counters.incrementAndGet(ordinal & BLOCK_SIZE - 1);
  }

  void miss() {
    misses.increment();
  }

  long hits(int ordinal) {
    int block = ordinal >>> BLOCK_SHIFT;
    AtomicIntegerArray counters = block < BLOCKS_MAX ? blocks.get(block) : null;
    return counters == null ? 0 : Integer.toUnsignedLong(counters.get(ordinal & BLOCK_SIZE - 1));
  }

  long hits() {
    return hits.sum();
  }

  long misses() {
    return misses.sum();
  }
}
