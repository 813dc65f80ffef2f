package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.IndexLayout;
import io.kogluktualuk.memnode.api.MemoryCalls;
import org.junit.jupiter.api.Test;

class StoreSettingsTest {

  @Test
  void pinnedRegionsAreShortAndStillReachTheCapacity() {
    assertEquals(1L << 30, of(ByteCount.gibibytes(32)).regionBytesMax());
    assertEquals(64L << 20, of(ByteCount.mebibytes(16)).forPinnedMemory().regionBytesMax());
    assertEquals(64L << 20, of(ByteCount.gibibytes(32)).forPinnedMemory().regionBytesMax());
    for (long gibibytes : new long[] {1, 63, 64, 65, 200, 512, 1023, 1024}) {
      StoreSettings pinned = of(ByteCount.gibibytes(gibibytes)).forPinnedMemory();
      long most = pinned.regionBytesMax() * MemoryCalls.REGIONS_MAX;
      assertTrue(most >= pinned.capacity().bytes(), pinned.toString());
      assertEquals(ByteCount.gibibytes(gibibytes), pinned.capacity());
    }
  }

  @Test
  void anIndexMayBeForHundredsOfMillions() {
    assertEquals(30_000_000, StoreSettings.of(ByteCount.gibibytes(1), 30_000_000).indexBlobs());
    int most = StoreSettings.of(ByteCount.gibibytes(1), 1).withIndexFor(1L << 40).indexBlobs();
    assertEquals(IndexLayout.SEGMENTS_MAX, IndexShape.forBlobs(most).segments());
    assertTrue(IndexShape.forBlobs(most).strideBytes() <= MemoryStore.REGION_BYTES_MAX);
  }

  private static StoreSettings of(ByteCount capacity) {
    return StoreSettings.of(capacity, 1000);
  }
}
