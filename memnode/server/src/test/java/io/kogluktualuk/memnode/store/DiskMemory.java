package io.kogluktualuk.memnode.store;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/// Memory for simulated disks, used again: making it costs more than a simulated minute.
///
/// **Threading:** one thread. **Bound:** as much as was ever lent at a time.
public final class DiskMemory {

  private static final long SMALL_BYTES = 1 << 20;

  private final Map<Long, ArrayDeque<MemorySegment>> free = new HashMap<>();

  /// @param cleared how many bytes from the start on are zeros
  MemorySegment lend(long bytes, long cleared) {
    MemorySegment found = free.getOrDefault(bytes, new ArrayDeque<>()).poll();
    if (found == null) {
      return Arena.ofAuto().allocate(bytes, 64);
    }
    found.asSlice(0, cleared).fill((byte) 0);
    return found;
  }

  void giveBack(MemorySegment memory) {
    if (memory.byteSize() > SMALL_BYTES) {
      free.computeIfAbsent(memory.byteSize(), _ -> new ArrayDeque<>()).add(memory);
    }
  }
}
