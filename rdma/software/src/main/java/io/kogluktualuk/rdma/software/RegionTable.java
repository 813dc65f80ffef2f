package io.kogluktualuk.rdma.software;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// All registered regions of this process by key.
///
/// **Threading:** any thread; lookups are one load. **Bound:** [RegionKeys#SLOTS_MAX] regions.
final class RegionTable {

  private final AtomicReferenceArray<@Nullable SoftwareRegion> slots =
      new AtomicReferenceArray<>(RegionKeys.SLOTS_MAX);
  private final RegionKeys keys = new RegionKeys();

  /// Makes a region out of a key that nobody else has.
  interface Maker {
    SoftwareRegion make(int key) throws IOException;
  }

  SoftwareRegion add(Maker maker) throws IOException {
    int key = keys.draw();
    try {
      SoftwareRegion region = maker.make(key);
      slots.set(RegionKeys.slot(key), region);
      return region;
    } catch (IOException | RuntimeException e) {
      keys.giveBack(key);
      throw e;
    }
  }

  void remove(SoftwareRegion region) throws IOException {
    int key = region.getLkey();
    if (!slots.compareAndSet(RegionKeys.slot(key), region, null)) {
      throw new IOException("memory region " + key + " is not registered");
    }
    keys.giveBack(key);
  }

  /// The region with this key, or null.
  @Nullable SoftwareRegion find(int key) {
    int slot = RegionKeys.slot(key);
    SoftwareRegion region = slot < RegionKeys.SLOTS_MAX ? slots.get(slot) : null;
    return region != null && region.getLkey() == key ? region : null;
  }
}
