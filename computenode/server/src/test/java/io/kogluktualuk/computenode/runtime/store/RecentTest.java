package io.kogluktualuk.computenode.runtime.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RecentTest {

  private static final int ENTRIES = 7;
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
    Map<Hash, Integer> model = new LinkedHashMap<>();
    for (int i = 0; i < 100; i++) {
      if (random.nextInt(30) == 0) {
        recent.clear();
        model.clear();
      }
      Hash key = key(random.nextInt(KEYS));
      recent.add(key, i);
      model.putIfAbsent(key, i);
      if (model.size() > ENTRIES) {
        model.remove(model.keySet().iterator().next());
      }
      assertEquals(model.size(), recent.size());
      for (int each = 0; each < KEYS; each++) {
        assertEquals(model.get(key(each)), recent.get(key(each)));
      }
    }
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
