package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import io.kogluktualuk.rdma.transport.memory.RegisteredPool;

/// Registered buffers of two lengths, so that small reads do not wait for large ones.
///
/// Whoever holds a buffer does not wait for another one: so no two threads wait for each other.
///
/// **Threading:** any thread. **Ownership:** owns the pools; buffers are lent.
final class Buffers implements Landing, AutoCloseable {

  private final RegisteredPool small;
  private final RegisteredPool large;

  private Buffers(RegisteredPool small, RegisteredPool large) {
    this.small = small;
    this.large = large;
  }

  static Buffers create(ReaderSettings settings) {
    RegisteredPool small =
        RegisteredPool.create(ReaderSettings.SMALL_BUFFER_BYTES, settings.smallBuffers());
    try {
      return new Buffers(small, RegisteredPool.create(Blob.LENGTH_MAX, settings.largeBuffers()));
    } catch (RuntimeException e) {
      small.close();
      throw e;
    }
  }

  @Override
  public RegisteredBuffer acquire(long bytes, Deadline deadline) {
    return (bytes <= ReaderSettings.SMALL_BUFFER_BYTES ? small : large).acquire(deadline);
  }

  @Override
  public void close() {
    try {
      small.close();
    } finally {
      large.close();
    }
  }
}
