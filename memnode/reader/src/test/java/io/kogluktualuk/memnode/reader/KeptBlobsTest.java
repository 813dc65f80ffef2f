package io.kogluktualuk.memnode.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class KeptBlobsTest {

  private static final int LARGE = KeptBlobs.SHARED_MAX + 1;

  private static Hash name(int number) {
    return Hash.of(("blob " + number).getBytes(StandardCharsets.UTF_8));
  }

  /// Keeps a blob whose bytes are its number.
  private static boolean keep(KeptBlobs kept, int number, int length) {
    KeptBlobs.Room room = kept.reserve(length);
    if (room == null) {
      return false;
    }
    try (RegisteredBuffer buffer = room.buffer()) {
      buffer.segment().fill((byte) number);
      room.keep(name(number));
    }
    return true;
  }

  private static void requireWhole(MemorySegment bytes, int number) {
    for (long at = 0; at < bytes.byteSize(); at++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, at) != (byte) number) {
        throw new AssertionError("blob " + number + " has other bytes at " + at);
      }
    }
  }

  @Test
  void whatWasLentLongestAgoGoesFirst() {
    try (KeptBlobs kept = new KeptBlobs(3L * KeptBlobs.BLOCK_BYTES)) {
      for (int i = 0; i < 3; i++) {
        assertTrue(keep(kept, i, LARGE));
      }
      try (Fetched first = kept.lend(name(0))) {
        assertNotNull(first);
      }
      assertTrue(keep(kept, 3, LARGE));
      assertNull(kept.lend(name(1)), "one");
      for (int there : new int[] {0, 2, 3}) {
        try (Fetched lent = kept.lend(name(there))) {
          assertNotNull(lent, "blob " + there);
          requireWhole(lent.bytes(), there);
        }
      }
      assertEquals(3L * KeptBlobs.BLOCK_BYTES, kept.bytes());
    }
  }

  @Test
  void whatIsLentStaysAndNobodyWaits() {
    try (KeptBlobs kept = new KeptBlobs(2L * KeptBlobs.BLOCK_BYTES)) {
      assertTrue(keep(kept, 1, LARGE));
      assertTrue(keep(kept, 2, LARGE));
      try (Fetched one = kept.lend(name(1));
          Fetched two = kept.lend(name(2))) {
        assertNotNull(one);
        assertNotNull(two);
        assertNull(kept.reserve(LARGE));
        assertNull(kept.reserve(1));
        requireWhole(one.bytes(), 1);
        requireWhole(two.bytes(), 2);
      }
      assertTrue(keep(kept, 3, LARGE));
    }
  }

  @Test
  void smallBlobsShareBlocks() {
    try (KeptBlobs kept = new KeptBlobs(KeptBlobs.BLOCK_BYTES)) {
      for (int i = 0; i < 1_000; i++) {
        assertTrue(keep(kept, i, 1 + i * 4));
      }
      for (int i = 0; i < 1_000; i++) {
        try (Fetched lent = kept.lend(name(i))) {
          assertNotNull(lent);
          assertEquals(1 + i * 4, lent.length());
          requireWhole(lent.bytes(), i);
        }
      }
      assertEquals(KeptBlobs.BLOCK_BYTES, kept.bytes());
    }
  }

  @Test
  void aRoomThatIsGivenBackUnusedKeepsNothing() {
    try (KeptBlobs kept = new KeptBlobs(KeptBlobs.BLOCK_BYTES)) {
      for (int i = 0; i < 100; i++) {
        KeptBlobs.Room room = kept.reserve(LARGE);
        assertNotNull(room);
        room.buffer().close();
      }
      assertTrue(keep(kept, 1, LARGE));
    }
  }

  @Test
  void noRoomIsNoMemory() {
    try (KeptBlobs kept = new KeptBlobs(KeptBlobs.BLOCK_BYTES - 1)) {
      assertNull(kept.reserve(1));
      assertEquals(0, kept.bytes());
      assertEquals(0, kept.bytesMax());
    }
  }

  @Test
  void afterTheEndNothingIsLentAndWhatIsLentStays() throws InterruptedException {
    KeptBlobs kept = new KeptBlobs(KeptBlobs.BLOCK_BYTES);
    assertTrue(keep(kept, 1, 1_000));
    Fetched lent = kept.lend(name(1));
    assertNotNull(lent);
    Thread closing = Thread.ofVirtual().start(kept::close); // waits for what is lent
    KeptBlobs.Room room = kept.reserve(1);
    while (room != null) {
      room.buffer().close();
      Thread.yield();
      room = kept.reserve(1);
    }
    assertNull(kept.lend(name(1)));
    requireWhole(lent.bytes(), 1);
    lent.close();
    closing.join();
    assertNull(kept.reserve(1));
  }

  @Test
  void lentBytesAreNeverAnothers() {
    Seeds.run(KeptBlobsTest.class, 20, KeptBlobsTest::lendAndKeep);
  }

  private record Held(Fetched lent, int number) {}

  private static void lendAndKeep(RandomGenerator random) {
    long most = (long) random.nextInt(1, 6) * KeptBlobs.BLOCK_BYTES;
    List<Held> held = new ArrayList<>();
    try (KeptBlobs kept = new KeptBlobs(most)) {
      for (int step = 0; step < 300; step++) {
        int number = random.nextInt(60);
        Fetched lent = kept.lend(name(number));
        if (lent == null) {
          boolean isLarge = random.nextInt(8) == 0;
          int length = isLarge ? LARGE + random.nextInt(99) : random.nextInt(200_000);
          keep(kept, number, length);
        } else if (random.nextInt(3) == 0) {
          held.add(new Held(lent, number));
        } else {
          requireWhole(lent.bytes(), number);
          lent.close();
        }
        if (held.size() > random.nextInt(12)) {
          Held oldest = held.removeFirst();
          requireWhole(oldest.lent().bytes(), oldest.number());
          oldest.lent().close();
          oldest.lent().close(); // does nothing
        }
        assertTrue(kept.bytes() <= most);
      }
      held.forEach(each -> requireWhole(each.lent().bytes(), each.number()));
      held.forEach(each -> each.lent().close());
    }
  }
}
