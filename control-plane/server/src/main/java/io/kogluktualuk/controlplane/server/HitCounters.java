package io.kogluktualuk.controlplane.server;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// What was looked up and recorded at this node since it started, and how often each memo was
/// found: 32 KiB for each chunk of which one was. Not part of the replicated state.
///
/// **Threading:** any thread. **Bound:** one block for each chunk that there ever was at once. A
/// counter that overflows starts again at zero.
final class HitCounters {

  /// A memo takes more, so no two share a counter.
  private static final int MEMO_BYTES = 128;

  private static final int BLOCKS_MAX = 1 << 14;

  /// The counters of a chunk.
  ///
  /// @param serial which of those that were at its place one after the other
  private record Block(int serial, AtomicIntegerArray counters) {}

  private final AtomicReferenceArray<@Nullable Block> blocks =
      new AtomicReferenceArray<>(BLOCKS_MAX);
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder refusals = new LongAdder();

  /// A memo was found.
  ///
  /// @param chunk in which it lies
  /// @param serial of that chunk
  /// @param offset of the memo in it
  void hit(int chunk, int serial, int offset) {
    hits.increment();
    Block block = blocks.get(chunk);
    if (block == null || block.serial != serial) {
      Block fresh = new Block(serial, new AtomicIntegerArray((1 << 20) / MEMO_BYTES));
      Block other = blocks.compareAndExchange(chunk, block, fresh);
      block = other == block ? fresh : other;
    }
    if (block != null) {
      block.counters.incrementAndGet(offset / MEMO_BYTES);
    }
  }

  void miss() {
    misses.increment();
  }

  /// An outcome found no room.
  void refusal() {
    refusals.increment();
  }

  /// How often a memo was found.
  long hits(int chunk, int serial, int offset) {
    Block block = blocks.get(chunk);
    return block == null || block.serial != serial
        ? 0
        : Integer.toUnsignedLong(block.counters.get(offset / MEMO_BYTES));
  }

  long hits() {
    return hits.sum();
  }

  long misses() {
    return misses.sum();
  }

  long refusals() {
    return refusals.sum();
  }
}
