package io.kogluktualuk.memnode.store;

import java.util.concurrent.atomic.AtomicLong;

/// How much has been given to the kernel for the file tier and is not on its device yet. Who
/// seals more while that is too much waits for the device.
///
/// **Threading:** any thread. **Bound:** what was written by those who asked [#isFull] before it
/// was.
final class WriteBehind {

  private static final long BYTES_LEAST = 8L << 20;
  private static final long BYTES_MOST = 256L << 20;

  private final AtomicLong bytes = new AtomicLong();
  private final long bytesMax;

  /// @param memoryBytes how large the memory tier is
  WriteBehind(long memoryBytes) {
    this.bytesMax = Math.clamp(memoryBytes / 4, BYTES_LEAST, BYTES_MOST);
  }

  boolean isFull() {
    return bytes.get() >= bytesMax;
  }

  void wrote(long more) {
    bytes.addAndGet(more);
  }

  long bytes() {
    return bytes.get();
  }

  /// So many have reached the device: as many as there were before a sync that succeeded.
  void synced(long some) {
    bytes.addAndGet(-some);
  }
}
