package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.fabric.testkit.Seeds;
import java.lang.foreign.Arena;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpillQueueTest {

  @Test
  void isAQueueInWhichEachOrdinalIsOnce() {
    Seeds.run(
        SpillQueueTest.class,
        100,
        random -> {
          int capacity = random.nextInt(1, 50);
          SpillQueue queue = new SpillQueue(capacity, Arena.ofAuto()::allocate);
          Set<Integer> model = new LinkedHashSet<>();
          for (int step = 0; step < 500; step++) {
            if (random.nextBoolean()) {
              int ordinal = random.nextInt(capacity);
              queue.add(ordinal);
              model.add(ordinal);
            } else {
              int expected = model.isEmpty() ? BlobTable.NONE : model.iterator().next();
              assertEquals(expected, queue.poll());
              model.remove(expected);
            }
            assertEquals(model.size(), queue.size());
          }
        });
  }
}
