package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Tag;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/// Recognises bytes that this process has verified before, many times faster than SHA-256.
///
/// A tag is the value of a keyed universal hash function: NH of UMAC [1] in two levels. The first
/// has words of 32 bits, so that a vector unit multiplies several at once, and is computed twice,
/// the second time with the key moved on by two words (the Toeplitz construction of [1]); the
/// second has words of 64 bits.
///
/// ```
/// NHw_k(m) = sum over i of (m[2i] + k[2i] mod 2^w) * (m[2i+1] + k[2i+1] mod 2^w)   mod 2^2w
/// level 1:   y[j] = NH32_a(block j), NH32_a'(block j)     a' = a without its first two words
///            blocks of 4 KiB in little-endian words, the last padded with zeros
/// level 2:   tag  = NH64_b(y[0], y[1], …, length, 0)
/// ```
///
/// **Why it may stand for SHA-256 on a re-read.** For any two different messages of equal length,
/// NH with a random key and words of w bits gives equal values with probability at most 2^-w, and
/// t times by the Toeplitz construction at most 2^-tw [1, theorems 1 and 2]. If two contents of
/// equal length differ, a block of them differs: that level 1 maps all blocks of both to the same
/// values has at most the probability 2^-64, and so has level 2 given different values. Different
/// lengths differ in the last words of level 2. So bytes other than those the SHA-256 was
/// verified on have the same tag with probability at most 2^-63, for each re-read of wrong bytes.
/// The bound holds for bytes chosen by anybody who does not know the key. That of re-reads is
/// drawn at the start of the process, and neither it nor tags under it ever leave it; that of
/// vouchers is known to those who are to believe them ([Vouchers]). A polynomial over a prime
/// field (VMAC [2]) has the same bound and needs a reduction per block; CRCs and unkeyed hashes
/// have no bound at all.
///
/// **Cost.** Two multiplications of 32 bits for 8 bytes, 8 of them at a time where registers have
/// 512 bits. The loops are written for C2 to vectorise: one sum each, nothing carried between
/// words. 25 KiB of key, of which 8 stay in the first-level cache.
///
/// **Threading:** immutable after construction; any thread. **Bound:** messages of at most
/// [#LENGTH_MAX] bytes.
///
/// [1] J. Black, S. Halevi, H. Krawczyk, T. Krovetz, P. Rogaway: UMAC: Fast and Secure Message
/// Authentication. CRYPTO 1999. [2] T. Krovetz: Message Authentication on 64-bit Architectures.
/// SAC 2006.
final class ContentTagger {

  /// The longest message: one blob.
  static final int LENGTH_MAX = 4 << 20;

  static final int BLOCK_BYTES = 4096;

  /// Words of 32 bits in pairs: one is the low, the other the high half of 64 bits.
  private static final int BLOCK_PAIRS = BLOCK_BYTES / Long.BYTES;

  private static final long LOW_HALF = 0xFFFF_FFFFL;
  private static final int BLOCKS_MAX = LENGTH_MAX / BLOCK_BYTES;

  private static final ValueLayout.OfLong LE_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// The key's words for low halves; what stands above them has no effect.
  private final long[] lowKey = new long[BLOCK_PAIRS + 1];

  /// The key's words for high halves, above zeros: nothing is carried into them.
  private final long[] highKey = new long[BLOCK_PAIRS + 1];

  private final long[] topKey = new long[2 * BLOCKS_MAX + 2];

  /// @param random must not be predictable outside the process
  ContentTagger(RandomGenerator random) {
    for (int i = 0; i < lowKey.length; i++) {
      long pair = random.nextLong();
      lowKey[i] = pair & LOW_HALF;
      highKey[i] = pair & ~LOW_HALF;
    }
    for (int i = 0; i < topKey.length; i++) {
      topKey[i] = random.nextLong();
    }
  }

  /// The tag of some bytes.
  Tag tag(MemorySegment bytes) {
    long length = bytes.byteSize();
    if (length > LENGTH_MAX) {
      throw new IllegalArgumentException("at most " + LENGTH_MAX + " bytes, found " + length);
    }
    Sum top = new Sum();
    int whole = (int) (length / BLOCK_BYTES);
    if (bytes.isNative()) {
      for (int j = 0; j < whole; j++) {
        long offset = (long) j * BLOCK_BYTES;
        add(top, j, sum(bytes, offset, 0), sum(bytes, offset, 1));
      }
    } else {
      addCopies(top, whole, bytes);
    }
    int blocks = whole;
    int rest = (int) (length % BLOCK_BYTES);
    if (rest > 0) {
      long[] pairs = padded(bytes, length - rest, rest);
      add(top, whole, sum(pairs, 0), sum(pairs, 1));
      blocks++;
    }
    top.add(length + topKey[2 * blocks], topKey[2 * blocks + 1]);
    return new Tag(top.high, top.low);
  }

  private void add(Sum top, int number, long first, long second) {
    top.add(first + topKey[2 * number], second + topKey[2 * number + 1]);
  }

  /// Blocks on the heap, through an array of longs: C2 makes vector code only of a loop that has
  /// met one kind of memory, and that of [#sum(MemorySegment, long, int)] is registered memory.
  private void addCopies(Sum top, int blocks, MemorySegment bytes) {
    long[] pairs = new long[BLOCK_PAIRS];
    for (int j = 0; j < blocks; j++) {
      MemorySegment.copy(bytes, LE_LONG, (long) j * BLOCK_BYTES, pairs, 0, BLOCK_PAIRS);
      add(top, j, sum(pairs, 0), sum(pairs, 1));
    }
  }

  private static long[] padded(MemorySegment bytes, long offset, int length) {
    long[] pairs = new long[BLOCK_PAIRS];
    int whole = length / Long.BYTES;
    MemorySegment.copy(bytes, LE_LONG, offset, pairs, 0, whole);
    for (int i = whole * Long.BYTES; i < length; i++) {
      pairs[whole] |= (bytes.get(ValueLayout.JAVA_BYTE, offset + i) & 0xFFL) << Byte.SIZE * (i & 7);
    }
    return pairs;
  }

  /// The hot loop: NH32 of a block.
  ///
  /// @param shift how many pairs of the key are left out
  private long sum(MemorySegment bytes, long offset, int shift) {
    long[] lows = lowKey;
    long[] highs = highKey;
    long sum = 0;
    for (int i = 0; i < BLOCK_PAIRS; i++) {
      long pair = bytes.get(LE_LONG, offset + (long) i * Long.BYTES);
      sum += (pair + lows[i + shift] & LOW_HALF) * (pair + highs[i + shift] >>> 32);
    }
    return sum;
  }

  /// The same.
  private long sum(long[] block, int shift) {
    long[] lows = lowKey;
    long[] highs = highKey;
    long sum = 0;
    for (int i = 0; i < BLOCK_PAIRS; i++) {
      long pair = block[i];
      sum += (pair + lows[i + shift] & LOW_HALF) * (pair + highs[i + shift] >>> 32);
    }
    return sum;
  }

  private static long carry(long sum, long summand) {
    return Long.compareUnsigned(sum, summand) < 0 ? 1 : 0;
  }

  /// A sum of 128 bits.
  private static final class Sum {
    private long high;
    private long low;

    void add(long a, long b) {
      long product = a * b;
      low += product;
      high += Math.unsignedMultiplyHigh(a, b) + carry(low, product);
    }
  }
}
