package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.testkit.Seeds;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExtentAllocatorTest {

  /// A bit per 64 bytes: what an allocator must agree with, without any cleverness.
  private static final class NaiveModel {

    private final List<BitSet> lent = new ArrayList<>();
    private final List<Integer> units = new ArrayList<>();

    void addRegion(long bytes) {
      lent.add(new BitSet());
      units.add((int) (bytes / 64));
    }

    boolean isFree(Extent e) {
      int from = (int) (e.offset() / 64);
      int to = (int) (e.end() / 64);
      int next = lent.get(e.region()).nextSetBit(from);
      return to <= units.get(e.region()) && (next < 0 || next >= to);
    }

    void set(Extent e, boolean value) {
      lent.get(e.region()).set((int) (e.offset() / 64), (int) (e.end() / 64), value);
    }

    long largestFree() {
      long largest = 0;
      for (int region = 0; region < lent.size(); region++) {
        BitSet bits = lent.get(region);
        for (int at = bits.nextClearBit(0); at < units.get(region); ) {
          int end = bits.nextSetBit(at);
          end = end < 0 ? units.get(region) : end;
          largest = Math.max(largest, end - at);
          at = bits.nextClearBit(end);
        }
      }
      return largest * 64;
    }

    long lentBytes() {
      return lent.stream().mapToLong(BitSet::cardinality).sum() * 64;
    }
  }

  @Test
  void agreesWithANaiveModel() {
    Seeds.run(ExtentAllocatorTest.class, 100, ExtentAllocatorTest::compareWithModel);
  }

  private static void compareWithModel(RandomGenerator random) {
    ExtentAllocator allocator = new ExtentAllocator(bytes -> Arena.ofAuto().allocate(bytes, 64));
    NaiveModel model = new NaiveModel();
    List<Extent> lent = new ArrayList<>();
    for (int step = 0; step < 600; step++) {
      switch (random.nextInt(10)) {
        case 0 -> addRegion(allocator, model, random);
        case 1, 2, 3 -> release(allocator, model, lent, random);
        case 4 -> claim(allocator, model, lent, random);
        default -> allocate(allocator, model, lent, random);
      }
      assertEquals(model.lentBytes(), allocator.lentBytes());
      assertEquals(allocator.totalBytes(), allocator.freeBytes() + allocator.lentBytes());
      assertEquals(model.largestFree(), allocator.largestFree());
    }
    lent.forEach(allocator::release);
    assertEquals(0, allocator.lentBytes());
    for (int region = 0; region < allocator.regions(); region++) {
      List<Extent> free = new ArrayList<>();
      allocator.forEachFree(region, free::add);
      assertTrue(free.size() <= 1, "free neighbours are merged");
    }
  }

  private static void addRegion(
      ExtentAllocator allocator, NaiveModel model, RandomGenerator random) {
    if (allocator.regions() < 4) {
      long bytes = random.nextLong(64, 20_000);
      allocator.addRegion(bytes);
      model.addRegion(bytes);
    }
  }

  private static void allocate(
      ExtentAllocator allocator, NaiveModel model, List<Extent> lent, RandomGenerator random) {
    long size = 64L * random.nextInt(1, 40);
    Extent extent = allocator.allocate(size);
    if (extent == null) {
      assertTrue(model.largestFree() < size, "there was room for " + size);
      return;
    }
    assertEquals(size, extent.size());
    assertEquals(0, extent.offset() % 64);
    assertTrue(model.isFree(extent), extent + " overlaps");
    model.set(extent, true);
    lent.add(extent);
  }

  private static void release(
      ExtentAllocator allocator, NaiveModel model, List<Extent> lent, RandomGenerator random) {
    if (!lent.isEmpty()) {
      Extent extent = lent.remove(random.nextInt(lent.size()));
      allocator.release(extent);
      model.set(extent, false);
    }
  }

  private static void claim(
      ExtentAllocator allocator, NaiveModel model, List<Extent> lent, RandomGenerator random) {
    if (allocator.regions() == 0) {
      return;
    }
    int region = random.nextInt(allocator.regions());
    Extent extent = new Extent(region, 64L * random.nextInt(320), 64L * random.nextInt(1, 10));
    boolean free = model.isFree(extent);
    assertEquals(free, allocator.claim(extent));
    if (free) {
      model.set(extent, true);
      lent.add(extent);
    }
  }

  @Test
  void usesUpWhatCameBackBeforeFreshSpace() {
    ExtentAllocator allocator = new ExtentAllocator(bytes -> Arena.ofAuto().allocate(bytes, 64));
    allocator.addRegion(1 << 20);
    Extent first = lent(allocator.allocate(128));
    lent(allocator.allocate(64));
    allocator.release(first);

    assertEquals(first, allocator.allocate(128));
  }

  @Test
  void anExtentIsReleasedOnce() {
    ExtentAllocator allocator = new ExtentAllocator(bytes -> Arena.ofAuto().allocate(bytes, 64));
    allocator.addRegion(4096);
    Extent extent = lent(allocator.allocate(64));
    allocator.release(extent);

    assertThrows(IllegalStateException.class, () -> allocator.release(extent));
  }

  @Test
  void whatIsFullIsFull() {
    ExtentAllocator allocator = new ExtentAllocator(bytes -> Arena.ofAuto().allocate(bytes, 64));
    assertNull(allocator.allocate(64));
    allocator.addRegion(100);
    lent(allocator.allocate(64));
    assertNull(allocator.allocate(64));
    assertFalse(allocator.claim(new Extent(0, 0, 64)));
    assertFalse(allocator.claim(new Extent(7, 0, 64)));
  }

  private static Extent lent(@Nullable Extent extent) {
    return Objects.requireNonNull(extent, "there was room");
  }
}
