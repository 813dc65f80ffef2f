package io.kogluktualuk.memnode.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class IndexLayoutTest {

  private static final BlobLocation LOCATION = new BlobLocation(3, 640, 1000);

  @Test
  void theFieldsTileTheEntry() {
    assertEquals(0, IndexLayout.HASH_OFFSET);
    assertEquals(32, IndexLayout.REGION_OFFSET);
    assertEquals(36, IndexLayout.LENGTH_OFFSET);
    assertEquals(40, IndexLayout.OFFSET_OFFSET);
    assertEquals(48, IndexLayout.SEQUENCE_OFFSET);
    assertEquals(56, IndexLayout.CHECK_OFFSET);
    assertEquals(64, IndexLayout.ENTRY_BYTES);
    assertEquals(1024, IndexLayout.PROBE_BYTES);
  }

  @Test
  void everyNeighbourhoodLiesInTheIndex() {
    Seeds.run(
        IndexLayoutTest.class,
        100,
        random -> {
          long homes = random.nextLong(1, IndexLayout.HOMES_MAX + 1);
          long home = IndexLayout.home(hash(random), homes);
          assertTrue(home >= 0 && home < homes);
          assertTrue(
              home * IndexLayout.ENTRY_BYTES + IndexLayout.PROBE_BYTES
                  <= IndexLayout.indexBytes(homes));
        });
    assertTrue(IndexLayout.indexBytes(IndexLayout.HOMES_MAX) <= 1L << 30);
  }

  @Test
  void anEntryIsSeenOnceItsSequenceIsThere() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment index = arena.allocate(IndexLayout.PROBE_BYTES, 64);
      Hash hash = Hash.of(new byte[] {1});
      IndexLayout.prepare(index, 15 * IndexLayout.ENTRY_BYTES, hash, LOCATION, 7);
      assertNull(IndexLayout.find(index, hash));
      IndexLayout.publish(index, 15 * IndexLayout.ENTRY_BYTES, 7);
      assertEquals(new IndexEntry(LOCATION, 7), IndexLayout.find(index, hash));
      assertNull(IndexLayout.find(index, Hash.of(new byte[] {2})));
      IndexLayout.publish(index, 15 * IndexLayout.ENTRY_BYTES, 0);
      assertNull(IndexLayout.find(index, hash));
    }
  }

  @Test
  void aSpilledBlobIsThereAndNumbersAboveItAreReserved() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment index = arena.allocate(IndexLayout.PROBE_BYTES, 64);
      Hash hash = Hash.of(new byte[] {1});
      IndexLayout.prepare(index, 0, hash, BlobLocation.spilled(77), 7);
      IndexLayout.publish(index, 0, 7);
      assertEquals(1024, index.get(ValueLayout.JAVA_INT, IndexLayout.REGION_OFFSET));
      BlobLocation found = Objects.requireNonNull(IndexLayout.find(index, hash)).location();
      assertTrue(found.isSpilled());
      assertEquals(77, found.length());
      assertFalse(LOCATION.isSpilled());
    }
    assertThrows(IllegalArgumentException.class, () -> new BlobLocation(1025, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new BlobLocation(1024, 64, 1));
  }

  @Test
  void aTornEntryIsNoEntry() {
    Seeds.run(
        IndexLayoutTest.class,
        100,
        random -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment index = arena.allocate(IndexLayout.PROBE_BYTES, 64);
            Hash hash = hash(random);
            IndexLayout.prepare(index, 0, hash, LOCATION, 1);
            IndexLayout.publish(index, 0, 1);
            MemorySegment before = arena.allocate(64).copyFrom(index.asSlice(0, 64));
            BlobLocation later = new BlobLocation(5, 64L * random.nextInt(1000), 77);
            IndexLayout.prepare(index, 0, hash, later, 2);
            IndexLayout.publish(index, 0, 2);
            // Any mixture of the two entries' words that is neither of them.
            int words = random.nextInt(1, 15);
            for (int word = 4; word < 8; word++) {
              if ((words & 1 << word - 4) != 0) {
                MemorySegment.copy(before, word * 8L, index, word * 8L, 8);
              }
            }
            assertNull(IndexLayout.find(index, hash), "words " + words);
          }
        });
  }

  @Test
  void foreignBytesGiveALocationOrNone() {
    Seeds.run(
        IndexLayoutTest.class,
        100,
        random -> {
          byte[] probes = Mutations.randomBytes(IndexLayout.PROBE_BYTES, random);
          Hash hash = Hash.read(MemorySegment.ofArray(probes), 64L * random.nextInt(16));
          assertNull(IndexLayout.find(MemorySegment.ofArray(probes), hash));
        });
  }

  private static Hash hash(RandomGenerator random) {
    return Hash.ofBytes(Mutations.randomBytes(32, random));
  }
}
