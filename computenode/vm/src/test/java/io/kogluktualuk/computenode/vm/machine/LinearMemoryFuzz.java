package io.kogluktualuk.computenode.vm.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Whatever is written in a memory, also in what it has grown by, is gone after a reset.
final class LinearMemoryFuzz {

  private static final int RUNS = 300;
  private static final int PAGES = 3;
  private static final int PAGES_MAX = 6;

  @Test
  void aResetRestoresEveryByte() {
    Seeds.run(LinearMemoryFuzz.class, RUNS, LinearMemoryFuzz::restore);
  }

  private static void restore(RandomGenerator random) {
    byte[] content = new byte[random.nextInt(20_000)];
    random.nextBytes(content);
    int start = random.nextInt(PAGES * LinearMemory.PAGE - content.length);
    MemoryImage image = new MemoryImage(PAGES, start, content);
    LinearMemory memory = new LinearMemory(PAGES, PAGES_MAX);
    System.arraycopy(content, 0, memory.bytes(), start, content.length);
    byte[] first = memory.bytes().clone();
    for (int guest = 0; guest < 20; guest++) {
      memory.begin(random.nextInt(PAGES, PAGES_MAX + 1));
      for (int i = random.nextInt(30); i > 0; i--) {
        write(random, memory);
      }
      memory.reset(image);
      assertEquals(PAGES, memory.pages());
      byte[] expected = Arrays.copyOf(first, memory.bytes().length);
      assertArrayEquals(expected, memory.bytes());
    }
  }

  private static void write(RandomGenerator random, LinearMemory memory) {
    if (random.nextInt(10) == 0 && memory.mayGrow(1)) {
      memory.grow(1);
    }
    int address = random.nextInt(memory.size());
    int most = random.nextInt(4) == 0 ? 9_000 : 16;
    byte[] some = new byte[random.nextInt(Math.min(memory.size() - address, most) + 1)];
    random.nextBytes(some);
    System.arraycopy(some, 0, memory.bytes(), address, some.length);
  }
}
