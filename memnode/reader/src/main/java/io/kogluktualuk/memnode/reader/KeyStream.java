package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/// A key drawn out to as many words as are wanted: word 4n + i is word i of
/// `SHA-256(key, n as u64)`. The same for everybody who has the key.
///
/// **Threading:** one thread.
final class KeyStream implements RandomGenerator {

  private static final int WORDS = Hash.BYTES / Long.BYTES;

  private static final ValueLayout.OfLong BE_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final byte[] input = new byte[Hash.BYTES + Long.BYTES];
  private final Sha256 sha = new Sha256();
  private Hash block;
  private long words;

  KeyStream(Hash key) {
    key.write(input, 0);
    this.block = key;
  }

  @Override
  public long nextLong() {
    int word = (int) (words % WORDS);
    if (word == 0) {
      MemorySegment.ofArray(input).set(BE_LONG, Hash.BYTES, words / WORDS);
      block = sha.update(input, 0, input.length).finish();
    }
    words++;
    return block.word(word);
  }
}
