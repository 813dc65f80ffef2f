package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.units.ByteCount;
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

  private static StoreSettings of(ByteCount capacity) {
    return StoreSettings.of(capacity, 1000);
  }
}
