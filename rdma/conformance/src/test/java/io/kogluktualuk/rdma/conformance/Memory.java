package io.kogluktualuk.rdma.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Patterns in memory that tell where a byte came from.
final class Memory {

  private static final long ODD = 0x9E3779B97F4A7C15L;

  private static final long BLOCK_BYTES = 1 << 20;
  private static final long PAGE_BYTES = 4096;

  private Memory() {}

  /// Fills memory with bytes that depend on their offset and a seed.
  static MemorySegment fill(MemorySegment memory, long seed) {
    long whole = memory.byteSize() & ~7L;
    for (long i = 0; i < whole; i += 8) {
      memory.set(ValueLayout.JAVA_LONG_UNALIGNED, i, word(i, seed));
    }
    for (long i = whole; i < memory.byteSize(); i++) {
      memory.set(ValueLayout.JAVA_BYTE, i, (byte) (word(whole, seed) >>> 8 * (i - whole)));
    }
    return memory;
  }

  /// The same for much memory: equal blocks, each page of which is stamped with its offset.
  static MemorySegment fillQuickly(MemorySegment memory, long seed) {
    long block = Math.min(BLOCK_BYTES, memory.byteSize());
    MemorySegment pattern = fill(memory.asSlice(0, block), seed);
    for (long at = block; at < memory.byteSize(); at += block) {
      long bytes = Math.min(block, memory.byteSize() - at);
      MemorySegment.copy(pattern, 0, memory, at, bytes);
      for (long page = at; page + 8 <= at + bytes; page += PAGE_BYTES) {
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, page, word(page, seed));
      }
    }
    return memory;
  }

  private static long word(long offset, long seed) {
    long mixed = (offset + seed) * ODD;
    return mixed ^ mixed >>> 29;
  }

  static void assertSame(MemorySegment expected, MemorySegment actual, long bytes) {
    assertEquals(
        -1,
        expected.asSlice(0, bytes).mismatch(actual.asSlice(0, bytes)),
        "the first byte that differs");
  }
}
