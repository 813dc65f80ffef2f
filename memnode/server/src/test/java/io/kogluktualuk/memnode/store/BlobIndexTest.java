package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.IndexEntry;
import io.kogluktualuk.memnode.api.IndexLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BlobIndexTest {

  private static MemorySegment memory(Arena arena, int blobs) {
    return arena.allocate(IndexShape.forBlobs(blobs).bytes(), 64);
  }

  static BlobIndex index(Arena arena, MemorySegment memory, int blobs) {
    IndexShape shape = IndexShape.forBlobs(blobs);
    MemorySegment ordinals = arena.allocate(BlobIndex.ordinalBytes(shape), 64);
    MemorySegment records = arena.allocate(BlobTable.bytesFor(blobs), 64);
    return new BlobIndex(shape, memory, ordinals, new BlobTable(records, blobs), blobs);
  }

  /// Makes an entry visible, with its record in the table.
  static void publish(BlobIndex index, int ordinal, Hash hash, BlobLocation location) {
    index.table().fill(ordinal, BlobRecord.sealed(hash, location, 0, Keep.STANDARD));
    index.publish(ordinal, hash, location);
  }

  private static Hash hash(RandomGenerator random) {
    return Hash.of(Mutations.randomBytes(16, random));
  }

  /// A hash whose home slot is the first.
  private static Hash hashAtHomeZero(RandomGenerator random) {
    byte[] bytes = Mutations.randomBytes(32, random);
    Arrays.fill(bytes, 8, 16, (byte) 0);
    return Hash.ofBytes(bytes);
  }

  private static Hash hashInTheFirstFourFifths(RandomGenerator random) {
    byte[] bytes = Mutations.randomBytes(32, random);
    long word = random.nextLong();
    while (Long.compareUnsigned(word, 0xCCCC_CCCC_CCCC_CCCCL) > 0) {
      word = random.nextLong();
    }
    ByteBuffer.wrap(bytes).putLong(8, word);
    return Hash.ofBytes(bytes);
  }

  private static BlobLocation location(int i) {
    return new BlobLocation(i % 1024, 64L * (i % 10_000), i % 100_000);
  }

  @Test
  void holdsAsManyAsItPromises() {
    Seeds.run(
        BlobIndexTest.class,
        100,
        random -> {
          try (Arena arena = Arena.ofConfined()) {
            int blobs = random.nextInt(1, 3000);
            BlobIndex index = index(arena, memory(arena, blobs), blobs);
            Map<Hash, BlobLocation> model = new HashMap<>();
            for (int i = 0; i < blobs; i++) {
              Hash hash = hash(random);
              int slot = index.claim(hash);
              assertNotEquals(BlobTable.NONE, slot, "entry " + i + " of " + blobs);
              if (random.nextInt(8) == 0) {
                index.abandon(slot);
                slot = index.claim(hash);
              }
              assertNull(index.find(hash));
              publish(index, slot, hash, location(i));
              model.put(hash, location(i));
            }
            assertEquals(BlobTable.NONE, index.claim(hash(random)), "one more than promised");
            model.forEach((hash, where) -> assertEquals(where, index.find(hash)));
            assertNull(index.find(hash(random)));
          }
        });
  }

  @Test
  void entriesLieInTheSegmentThatTheirHashNames() {
    try (Arena arena = Arena.ofConfined()) {
      RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
      IndexShape shape = new IndexShape(5, 1000);
      MemorySegment memory = arena.allocate(shape.bytes(), 64);
      MemorySegment ordinals = arena.allocate(BlobIndex.ordinalBytes(shape), 64);
      MemorySegment records = arena.allocate(BlobTable.bytesFor(2500), 64);
      BlobIndex index = new BlobIndex(shape, memory, ordinals, new BlobTable(records, 2500), 2500);
      for (int i = 0; i < 2500; i++) {
        Hash hash = hash(random);
        publish(index, index.claim(hash), hash, location(i));
        long at =
            IndexLayout.segment(hash, 5) * shape.strideBytes()
                + IndexLayout.home(hash, 1000) * IndexLayout.ENTRY_BYTES;
        MemorySegment probes = memory.asSlice(at, IndexLayout.PROBE_BYTES);
        IndexEntry found = Objects.requireNonNull(IndexLayout.find(probes, hash));
        assertEquals(location(i), found.location(), "as a peer finds it");
      }
    }
  }

  @Test
  void entriesMakeRoomForOthersAndStayFound() {
    try (Arena arena = Arena.ofConfined()) {
      // Four fifths of the table filled to 62 %: many entries must move.
      RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
      int homes = 2 * 50_000;
      BlobIndex index = index(arena, memory(arena, 50_000), 50_000);
      Map<Hash, BlobLocation> model = new HashMap<>();
      for (int i = 0; i < homes / 2; i++) {
        Hash hash = hashInTheFirstFourFifths(random);
        int slot = index.claim(hash);
        if (slot == BlobTable.NONE) {
          break;
        }
        publish(index, slot, hash, location(i));
        model.put(hash, location(i));
      }
      assertTrue(model.size() > 30_000, "only " + model.size());
      model.forEach((hash, where) -> assertEquals(where, index.find(hash)));
    }
  }

  @Test
  void aCrowdedNeighbourhoodIsReportedFull() {
    try (Arena arena = Arena.ofConfined()) {
      RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
      BlobIndex index = index(arena, memory(arena, 1000), 1000);
      for (int i = 0; i < IndexLayout.PROBES; i++) {
        Hash hash = hashAtHomeZero(random);
        int slot = index.claim(hash);
        assertEquals(i, slot);
        publish(index, slot, hash, location(i));
      }
      assertEquals(BlobTable.NONE, index.claim(hashAtHomeZero(random)));
      Hash elsewhere = Hash.of(new byte[] {1});
      assertNotEquals(BlobTable.NONE, index.claim(elsewhere));
    }
  }

  @Test
  void whoReadsWhileEntriesMoveSeesTheRightPlaceOrNone() throws Exception {
    int blobs = 40_000;
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = memory(arena, blobs);
      BlobIndex index = index(arena, memory, blobs);
      RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
      Hash[] hashes = new Hash[blobs];
      for (int i = 0; i < blobs; i++) {
        hashes[i] = hashInTheFirstFourFifths(random);
      }
      AtomicInteger published = new AtomicInteger();
      try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
        Future<Integer> first = threads.submit(() -> readAll(memory, hashes, published, 1));
        Future<Integer> second = threads.submit(() -> readAll(memory, hashes, published, 2));
        for (int i = 0; i < blobs; i++) {
          int slot = index.claim(hashes[i]);
          assertNotEquals(BlobTable.NONE, slot);
          publish(index, slot, hashes[i], location(i));
          published.set(i + 1);
        }
        assertTrue(first.get() + second.get() > 0, "nobody read anything");
      }
      for (int i = 0; i < blobs; i++) {
        assertEquals(location(i), index.find(hashes[i]));
      }
    }
  }

  /// Reads as a peer does, without locks, until all is published; returns how much was found.
  private static int readAll(
      MemorySegment memory, Hash[] hashes, AtomicInteger published, long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    long homes = IndexShape.forBlobs(hashes.length).homes();
    MemorySegment copy = MemorySegment.ofArray(new byte[IndexLayout.PROBE_BYTES]);
    int found = 0;
    while (published.get() < hashes.length) {
      int limit = published.get();
      if (limit > 0) {
        int i = random.nextInt(limit);
        long at = IndexLayout.home(hashes[i], homes) * IndexLayout.ENTRY_BYTES;
        MemorySegment.copy(memory, at, copy, 0, IndexLayout.PROBE_BYTES);
        IndexEntry entry = IndexLayout.find(copy, hashes[i]);
        if (entry != null) {
          assertEquals(location(i), entry.location());
          found++;
        }
      }
    }
    return found;
  }
}
