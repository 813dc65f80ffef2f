package io.kogluktualuk.memnode.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Tag;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class ContentTaggerTest {

  private static final BigInteger HALF_WORD = BigInteger.ONE.shiftLeft(32);

  /// The definition in the class's essay, in unlimited integers.
  private static BigInteger nh(int wordBits, List<BigInteger> message, List<BigInteger> key) {
    BigInteger word = BigInteger.ONE.shiftLeft(wordBits);
    BigInteger sum = BigInteger.ZERO;
    for (int i = 0; i < message.size(); i += 2) {
      BigInteger a = message.get(i).add(key.get(i)).mod(word);
      BigInteger b = message.get(i + 1).add(key.get(i + 1)).mod(word);
      sum = sum.add(a.multiply(b)).mod(word.multiply(word));
    }
    return sum;
  }

  private static BigInteger reference(byte[] bytes, RandomGenerator keys) {
    List<BigInteger> blockKey = halves(words(keys, 513));
    List<BigInteger> shiftedKey = blockKey.subList(2, blockKey.size());
    List<BigInteger> topKey = words(keys, 2050);
    List<BigInteger> top = new ArrayList<>();
    for (int from = 0; from < bytes.length; from += 4096) {
      byte[] block = Arrays.copyOf(Arrays.copyOfRange(bytes, from, bytes.length), 4096);
      List<BigInteger> words = halves(littleEndianWords(block));
      top.add(nh(32, words, blockKey));
      top.add(nh(32, words, shiftedKey));
    }
    top.add(BigInteger.valueOf(bytes.length));
    top.add(BigInteger.ZERO);
    return nh(64, top, topKey);
  }

  /// Words of 32 bits, the low half of each pair first.
  private static List<BigInteger> halves(List<BigInteger> words) {
    List<BigInteger> halves = new ArrayList<>();
    for (BigInteger word : words) {
      halves.add(word.mod(HALF_WORD));
      halves.add(word.shiftRight(32));
    }
    return halves;
  }

  private static List<BigInteger> words(RandomGenerator random, int count) {
    List<BigInteger> words = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      words.add(new BigInteger(Long.toUnsignedString(random.nextLong())));
    }
    return words;
  }

  private static List<BigInteger> littleEndianWords(byte[] block) {
    List<BigInteger> words = new ArrayList<>();
    for (int at = 0; at < block.length; at += 8) {
      byte[] bigEndian = new byte[8];
      for (int i = 0; i < 8; i++) {
        bigEndian[i] = block[at + 7 - i];
      }
      words.add(new BigInteger(1, bigEndian));
    }
    return words;
  }

  private static RandomGenerator keys(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private static BigInteger value(Tag tag) {
    return new BigInteger(Long.toUnsignedString(tag.high()))
        .shiftLeft(64)
        .add(new BigInteger(Long.toUnsignedString(tag.low())));
  }

  @Test
  void agreesWithTheDefinition() {
    Seeds.run(
        ContentTaggerTest.class,
        100,
        random -> {
          long keySeed = random.nextLong();
          ContentTagger tagger = new ContentTagger(keys(keySeed));
          int length =
              switch (random.nextInt(4)) {
                case 0 -> random.nextInt(64);
                case 1 -> 4096 * random.nextInt(4);
                default -> random.nextInt(40_000);
              };
          byte[] bytes = Mutations.randomBytes(length, random);
          if (random.nextInt(4) == 0) {
            Arrays.fill(bytes, (byte) 0xFF); // the longest carries
          }
          BigInteger expected = reference(bytes, keys(keySeed));
          assertEquals(expected, value(tagger.tag(MemorySegment.ofArray(bytes))));
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment offHeap = arena.allocate(length + 1L).asSlice(1, length);
            offHeap.copyFrom(MemorySegment.ofArray(bytes));
            assertEquals(expected, value(tagger.tag(offHeap)));
          }
        });
  }

  @Test
  void everyFlippedBitIsSeen() {
    byte[] bytes = Mutations.randomBytes(9000, keys(1));
    ContentTagger tagger = new ContentTagger(keys(2));
    Set<Tag> tags = new HashSet<>();
    tags.add(tagger.tag(MemorySegment.ofArray(bytes)));
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      assertTrue(tags.add(tagger.tag(MemorySegment.ofArray(bytes))), "bit " + bit);
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
  }

  @Test
  void lengthAndOrderCount() {
    ContentTagger tagger = new ContentTagger(keys(3));
    Set<Tag> tags = new HashSet<>();
    for (int length = 0; length < 10_000; length += 7) {
      assertTrue(tags.add(tagger.tag(MemorySegment.ofArray(new byte[length]))), "" + length);
    }
    byte[] blocks = new byte[8192];
    blocks[0] = 1;
    Tag first = tagger.tag(MemorySegment.ofArray(blocks));
    blocks[0] = 0;
    blocks[4096] = 1;
    assertNotEquals(first, tagger.tag(MemorySegment.ofArray(blocks)));
  }

  @Test
  void anotherKeyGivesAnotherTag() {
    MemorySegment bytes = MemorySegment.ofArray(new byte[100]);
    assertNotEquals(new ContentTagger(keys(4)).tag(bytes), new ContentTagger(keys(5)).tag(bytes));
  }

  @Test
  void takesTheLongestBlobAndNoLongerOne() {
    ContentTagger tagger = new ContentTagger(keys(6));
    tagger.tag(MemorySegment.ofArray(new byte[ContentTagger.LENGTH_MAX]));
    MemorySegment longer = MemorySegment.ofArray(new byte[ContentTagger.LENGTH_MAX + 1]);
    assertThrows(IllegalArgumentException.class, () -> tagger.tag(longer));
  }
}
