package io.kogluktualuk.rdma.ibverbs;

import io.kogluktualuk.fabric.testkit.Seeds;
import java.lang.foreign.Arena;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Handles that name nothing are refused, whatever is done with them. Runs without a device.
class HandlesTest {

  @BeforeEach
  void needsTheLibrary() {
    LibraryIsBuilt.orSkip();
  }

  @Test
  void madeUpHandlesAreRefusedByEveryCall() {
    Seeds.run(HandlesTest.class, 500, HandlesTest::refuseMadeUp);
  }

  private static void refuseMadeUp(RandomGenerator random) {
    try (Arena arena = Arena.ofConfined()) {
      long memory = arena.allocate(4096, 8).address();
      // Small ones look like indexes, others have plausible kinds and counts.
      Refusals.assertAll(random.nextInt(-100, 2_000), memory);
      Refusals.assertAll(random.nextLong(), memory);
      Refusals.assertAll((long) random.nextInt(16) << 59 | random.nextInt(5_000), memory);
      Refusals.assertAll(
          (long) random.nextInt(16) << 59 | 1L << 32 | random.nextInt(2_000), memory);
    }
  }
}
