package io.kogluktualuk.controlplane.model.actions;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Keys that a careless or a hostile client may choose. A store that lets them pick their slots
/// looks through all of them for each: a bench whose keys were numbers stopped a control plane so.
///
/// The deadlines are for a search that has become quadratic, which takes a hundred times as long.
final class MemoStoreTest {

  private static final int KEYS = 300_000;

  private static Hash key(long word0, long word1, long word2, long word3) {
    ByteBuffer bytes = ByteBuffer.allocate(Hash.BYTES);
    bytes.putLong(word0).putLong(word1).putLong(word2).putLong(word3);
    return Hash.ofBytes(bytes.array());
  }

  private static void fill(RandomGenerator random, KeyOf keyOf) {
    MemoStore store = new MemoStore(random.nextLong());
    for (int i = 0; i < KEYS; i++) {
      Hash key = keyOf.number(i);
      assertEquals(-1, store.find(key));
      store.add(key.toBytes(), Hash.BYTES);
    }
    for (int i = 0; i < KEYS; i++) {
      assertEquals(i, store.find(keyOf.number(i)));
    }
  }

  /// The keys of one test.
  private interface KeyOf {
    Hash number(long number);
  }

  @Test
  @Timeout(60)
  void keysThatDifferInOneWordAreFoundAtOnce() {
    Seeds.run(
        MemoStoreTest.class,
        4,
        random -> {
          int place = random.nextInt(4);
          fill(
              random,
              number ->
                  key(
                      place == 0 ? number : 0,
                      place == 1 ? number : 0,
                      place == 2 ? number : 0,
                      place == 3 ? number : 0));
        });
  }

  @Test
  @Timeout(60)
  void keysThatAreRunsOfNumbersAreFoundAtOnce() {
    // Four runs over one another, for whoever takes the low bits of a word for a slot.
    Seeds.run(
        MemoStoreTest.class,
        1,
        random ->
            fill(
                random,
                number -> key(number, ~number, (number % 4) << 40 | number / 4, number * 31)));
  }

  @Test
  @Timeout(60)
  void keysWhoseWordsCancelOutAreFoundAtOnce() {
    Seeds.run(
        MemoStoreTest.class,
        1,
        random ->
            fill(
                random,
                number -> key(number, number, number << 32 | number, number << 32 | number)));
  }
}
