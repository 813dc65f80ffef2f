package io.kogluktualuk.memnode.reader;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/// Recognises bytes that this process has verified before, several times faster than SHA-256.
///
/// A tag is the value of a keyed universal hash function: NH of UMAC [1] with 64-bit words, in two
/// levels.
///
/// ```
/// NH_k(m)  = sum over i of (m[2i] + k[2i] mod 2^64) * (m[2i+1] + k[2i+1] mod 2^64)   mod 2^128
/// level 1:   y[j] = NH_a(block j)       blocks of 4 KiB, the last padded with zeros
/// level 2:   tag  = NH_b(y[0], y[1], …, length)
/// ```
///
/// **Why it may stand for SHA-256 on a re-read.** For any two different messages of equal length,
/// NH with a random key gives equal values with probability at most 2^-64 [1, theorem 1 with w=64].
/// If two contents of equal length differ, a block of them differs: that level 1 maps all blocks of
/// both to the same values has at most that probability, and so has level 2 given different values.
/// Different lengths differ in the last words of level 2. So bytes other than those the SHA-256 was
/// verified on have the same tag with probability at most 2^-63, for each re-read of wrong bytes.
/// The bound holds for bytes chosen by anybody who does not know the key; the key is drawn at the
/// start of the process, and neither key nor tags ever leave it. A polynomial over a prime field
/// (VMAC [2]) has the same bound and needs a reduction per block; CRCs and unkeyed hashes have no
/// bound at all.
///
/// **Cost.** Two multiplications for 16 bytes; 20 KiB of key, which stay in the first-level cache.
///
/// **Threading:** immutable after construction; any thread.
/// **Bound:** messages of at most [#LENGTH_MAX] bytes.
///
/// [1] J. Black, S. Halevi, H. Krawczyk, T. Krovetz, P. Rogaway: UMAC: Fast and Secure Message
/// Authentication. CRYPTO 1999.
/// [2] T. Krovetz: Message Authentication on 64-bit Architectures. SAC 2006.
final class ContentTagger {

  /// The longest message: one blob.
  static final int LENGTH_MAX = 4 << 20;

  static final int BLOCK_BYTES = 4096;

  private static final int BLOCK_WORDS = BLOCK_BYTES / Long.BYTES;
  private static final int BLOCKS_MAX = LENGTH_MAX / BLOCK_BYTES;

  private static final ValueLayout.OfLong LE_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final long[] blockKey = new long[BLOCK_WORDS];
  private final long[] topKey = new long[2 * BLOCKS_MAX + 2];

  /// 128 bits.
  record Tag(long high, long low) {}

  /// @param random must not be predictable outside the process
  ContentTagger(RandomGenerator random) {
    for (int i = 0; i < blockKey.length; i++) {
      blockKey[i] = random.nextLong();
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
    Sum block = new Sum();
    int whole = (int) (length / BLOCK_BYTES);
    for (int j = 0; j < whole; j++) {
      block.clear();
      addBlock(block, bytes, (long) j * BLOCK_BYTES);
      top.add(block.low + topKey[2 * j], block.high + topKey[2 * j + 1]);
    }
    int blocks = whole;
    int rest = (int) (length % BLOCK_BYTES);
    if (rest > 0) {
      block.clear();
      addBlock(block, padded(bytes, length - rest, rest), 0);
      top.add(block.low + topKey[2 * whole], block.high + topKey[2 * whole + 1]);
      blocks++;
    }
    top.add(length + topKey[2 * blocks], topKey[2 * blocks + 1]);
    return new Tag(top.high, top.low);
  }

  private static MemorySegment padded(MemorySegment bytes, long offset, int length) {
    byte[] block = new byte[BLOCK_BYTES];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, block, 0, length);
    return MemorySegment.ofArray(block);
  }

  /// The hot loop. Two independent sums, so that one's carries do not wait for the other's.
  private void addBlock(Sum sum, MemorySegment bytes, long offset) {
    long[] key = blockKey;
    long lowA = 0;
    long highA = 0;
    long lowB = 0;
    long highB = 0;
    for (int i = 0; i < BLOCK_WORDS; i += 4) {
      long at = offset + (long) i * Long.BYTES;
      long a = bytes.get(LE_LONG, at) + key[i];
      long b = bytes.get(LE_LONG, at + 8) + key[i + 1];
      long c = bytes.get(LE_LONG, at + 16) + key[i + 2];
      long d = bytes.get(LE_LONG, at + 24) + key[i + 3];
      long productA = a * b;
      long productB = c * d;
      lowA += productA;
      highA += Math.unsignedMultiplyHigh(a, b) + carry(lowA, productA);
      lowB += productB;
      highB += Math.unsignedMultiplyHigh(c, d) + carry(lowB, productB);
    }
    sum.low = lowA + lowB;
    sum.high = highA + highB + carry(sum.low, lowB);
  }

  private static long carry(long sum, long summand) {
    return Long.compareUnsigned(sum, summand) < 0 ? 1 : 0;
  }

  /// A sum of 128 bits.
  private static final class Sum {
    private long high;
    private long low;

    void clear() {
      high = 0;
      low = 0;
    }

    void add(long a, long b) {
      long product = a * b;
      low += product;
      high += Math.unsignedMultiplyHigh(a, b) + carry(low, product);
    }
  }
}
