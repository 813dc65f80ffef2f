package io.kogluktualuk.controlplane.model.actions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
      assertEquals(keyOf.number(i), keyAt(store, store.find(keyOf.number(i))));
    }
  }

  private static Hash keyAt(MemoStore store, int place) {
    return MemoLayout.key(store.bytesAt(place), MemoStore.offsetAt(place));
  }

  /// The keys of one test.
  private interface KeyOf {
    Hash number(long number);
  }

  /// Every entry is 200 bytes long, so that there are many chunks.
  @Test
  @Timeout(60)
  void whatIsForgottenIsGoneAndTheOthersStay() {
    Seeds.run(
        MemoStoreTest.class,
        5,
        random -> {
          MemoStore store = new MemoStore(random.nextLong());
          List<Long> living = new ArrayList<>();
          long next = 0;
          for (int round = 0; round < 6; round++) {
            for (int i = random.nextInt(15_000); i > 0; i--) {
              byte[] entry = Arrays.copyOf(key(next, 1, 2, 3).toBytes(), 200);
              entry[199] = (byte) next;
              store.add(entry, entry.length);
              living.add(next++);
            }
            MemoSnapshot before = store.snapshot();
            Set<Hash> then = keysOf(before);
            boolean isOldest = random.nextBoolean();
            for (int i = random.nextInt(living.size() + 1); i > 0; i--) {
              int which = isOldest ? 0 : random.nextInt(living.size());
              long gone = living.set(which, living.getLast());
              living.removeLast();
              store.remove(store.find(key(gone, 1, 2, 3)));
              assertEquals(-1, store.find(key(gone, 1, 2, 3)));
            }
            assertEquals(then, keysOf(before), "a snapshot has changed");
            check(store, living);
          }
        });
  }

  private static Set<Hash> keysOf(MemoSnapshot snapshot) {
    Set<Hash> keys = new HashSet<>();
    MemoSnapshot.Cursor cursor = snapshot.cursor(0);
    while (cursor.next()) {
      assertTrue(keys.add(MemoLayout.key(cursor.bytes(), cursor.offset())), "a key comes twice");
    }
    return keys;
  }

  private static void check(MemoStore store, List<Long> living) {
    assertEquals(living.size(), store.count());
    Set<Hash> keys = new HashSet<>();
    for (long number : living) {
      Hash key = key(number, 1, 2, 3);
      int place = store.find(key);
      assertEquals(key, keyAt(store, place));
      assertEquals((byte) number, store.bytesAt(place)[MemoStore.offsetAt(place) + 199]);
      keys.add(key);
    }
    assertEquals(keys, keysOf(store.snapshot()));
    int inChunks = living.size() * MemoChunk.sizeOf(200);
    int slots = 8 * Math.max(1024, 3 * 90_000);
    assertTrue(
        store.memoryBytes() <= inChunks / 3L * 4 + slots + 3L * MemoChunk.BYTES,
        () -> living.size() + " memos take " + store.memoryBytes() + " bytes");
  }

  @Test
  void whoGoesOnFromAPlaceSeesAllBehindIt() {
    MemoStore store = new MemoStore(5);
    for (long number = 0; number < 20_000; number++) {
      store.add(Arrays.copyOf(key(number, 0, 0, 0).toBytes(), 140), 140);
    }
    for (long gone = 0; gone < 20_000; gone += 7) {
      store.remove(store.find(key(gone, 0, 0, 0)));
    }
    Set<Hash> all = keysOf(store.snapshot());
    MemoSnapshot.Cursor cursor = store.snapshot().cursor(0);
    for (int seen = 0; cursor.next(); seen++) {
      if (seen % 997 == 0) {
        MemoSnapshot.Cursor rest = store.snapshot().cursor(cursor.place());
        int count = 0;
        while (rest.next()) {
          count++;
        }
        assertEquals(all.size() - seen, count);
      }
    }
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
