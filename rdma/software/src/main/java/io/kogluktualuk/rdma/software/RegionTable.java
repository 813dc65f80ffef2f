package io.kogluktualuk.rdma.software;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// All registered regions of this process by key.
///
/// A key is a slot number and, in the low 8 bits, a count that changes with each use of the slot,
/// as adapters do it: a key that was withdrawn is not soon valid again.
///
/// **Threading:** any thread; lookups are one load. **Bound:** [#REGIONS_MAX] regions.
final class RegionTable {

  static final int REGIONS_MAX = 1 << 16;

  private final AtomicReferenceArray<@Nullable SoftwareRegion> slots =
      new AtomicReferenceArray<>(REGIONS_MAX);
  private final byte[] variants = new byte[REGIONS_MAX];
  private final ArrayDeque<Integer> free = new ArrayDeque<>();
  private int fresh = 1;

  /// Makes a region out of a key that nobody else has.
  interface Maker {
    SoftwareRegion make(int key) throws IOException;
  }

  synchronized SoftwareRegion add(Maker maker) throws IOException {
    int slot;
    if (fresh < REGIONS_MAX) {
      slot = fresh;
    } else if (!free.isEmpty()) {
      slot = free.peekFirst();
    } else {
      throw new IOException("no memory region left: " + REGIONS_MAX + " are registered");
    }
    SoftwareRegion region = maker.make(slot << 8 | variants[slot] & 0xFF);
    if (slot == fresh) {
      fresh++;
    } else {
      free.removeFirst();
    }
    slots.set(slot, region);
    return region;
  }

  synchronized void remove(SoftwareRegion region) throws IOException {
    int slot = region.getLkey() >>> 8;
    if (slots.get(slot) != region) {
      throw new IOException("memory region " + region.getLkey() + " is not registered");
    }
    slots.set(slot, null);
    variants[slot]++;
    free.addLast(slot);
  }

  /// The region with this key, or null.
  @Nullable SoftwareRegion find(int key) {
    int slot = key >>> 8;
    SoftwareRegion region = slot < REGIONS_MAX ? slots.get(slot) : null;
    return region != null && region.getLkey() == key ? region : null;
  }
}
