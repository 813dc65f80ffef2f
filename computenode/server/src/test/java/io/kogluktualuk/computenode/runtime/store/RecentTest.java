package io.kogluktualuk.computenode.runtime.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RecentTest {

  private static final int ENTRIES = 8;
  private static final int KEYS = 20;

  private static Hash key(int number) {
    return Hash.of(new byte[] {(byte) number});
  }

  @Test
  void theFirstToComeIsTheFirstToGo() {
    Seeds.run(RecentTest.class, 200, RecentTest::addAndClear);
  }

  private static void addAndClear(RandomGenerator random) {
    Recent<Integer> recent = new Recent<>(ENTRIES);
    List<Hash> latest = new ArrayList<>();
    Map<Hash, Integer> values = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      if (random.nextInt(30) == 0) {
        recent.clear();
        latest.clear();
      }
      Hash key = key(random.nextInt(KEYS));
      if (recent.get(key) == null) {
        latest.remove(key);
        latest.add(key);
        values.put(key, i);
      }
      recent.add(key, i);
      check(recent, latest, values);
    }
  }

  /// As many of the latest as there are, and at least half of what there may be; with the values
  /// that they came with.
  private static void check(Recent<Integer> recent, List<Hash> latest, Map<Hash, Integer> values) {
    int size = recent.size();
    assertTrue(size <= ENTRIES && size >= Math.min(latest.size(), ENTRIES / 2), "size " + size);
    List<Hash> kept = latest.subList(latest.size() - size, latest.size());
    kept.forEach(key -> assertEquals(values.get(key), recent.get(key)));
    latest.subList(0, latest.size() - size).forEach(key -> assertNull(recent.get(key)));
  }

  @Test
  void nothingIsLeftAfterItIsCleared() {
    Recent<Integer> recent = new Recent<>(ENTRIES);
    recent.add(key(1), 1);
    recent.clear();
    assertNull(recent.get(key(1)));
    assertEquals(0, recent.size());
  }
}
