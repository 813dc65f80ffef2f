package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// The ring of ends, beside a map that does the same.
final class LatelyTest {

  private static final int SEEDS = 100;
  private static final int STEPS = 6000;

  @Test
  void itKnowsTheLatestEndsAndNoOthers() {
    Seeds.run(LatelyTest.class, SEEDS, LatelyTest::run);
  }

  private record End(Verdict verdict, int number) {}

  private static void run(RandomGenerator random) {
    int max = random.nextBoolean() ? random.nextInt(4) : random.nextInt(1, 3000);
    Lately lately = new Lately(max);
    Map<Hash, End> model = new HashMap<>();
    List<Hash> ids = ids(random, 2 * max + 3);
    int puts = 0;
    for (int i = 0; i < STEPS; i++) {
      Hash id = ids.get(random.nextInt(ids.size()));
      if (random.nextInt(20) == 0) {
        lately.remove(id);
        model.remove(id);
      } else if (random.nextBoolean()) {
        Verdict verdict = Verdict.setAside("step " + i);
        lately.put(id, verdict);
        model.put(id, new End(verdict, puts++));
      }
      Hash asked = ids.get(random.nextInt(ids.size()));
      End end = model.get(asked);
      Verdict expected = end == null || puts - end.number > max ? null : end.verdict;
      assertEquals(expected, lately.get(asked));
    }
  }

  private static List<Hash> ids(RandomGenerator random, int count) {
    List<Hash> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] bytes = Mutations.randomBytes(Hash.BYTES, random);
      for (int at = 0; at < 7; at++) {
        bytes[at] = 0; // many have the same home
      }
      ids.add(Hash.ofBytes(bytes));
    }
    return ids;
  }
}
