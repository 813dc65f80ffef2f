package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvMr;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A registered memory region.
///
/// **Threading:** any thread. **Ownership:** the memory stays the caller's, who deregisters before
/// freeing it; a registered buffer object is kept alive until then.
final class NativeRegion extends IbvMr {

  private final long number;
  private @Nullable Object keepAlive;

  NativeRegion(
      long number,
      NativeDomain domain,
      long address,
      int length,
      int access,
      int[] keys,
      @Nullable Object keepAlive)
      throws IOException {
    super(domain.getContext(), address, length, access, keys[0], keys[1], keys[2]);
    this.number = number;
    this.keepAlive = keepAlive;
  }

  long number() {
    return number;
  }

  /// Whether the region still keeps this buffer.
  synchronized boolean keepsAlive(Object buffer) {
    return keepAlive == buffer;
  }

  @Override
  public synchronized void close() {
    super.close();
    keepAlive = null;
  }
}
