package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import java.lang.foreign.MemorySegment;

/// Verified bytes of a blob in a registered buffer.
///
/// **Threading:** one thread. **Ownership:** [#close] gives the buffer back.
record Fetched(RegisteredBuffer buffer, int length) implements AutoCloseable {

  /// Valid until [#close].
  MemorySegment bytes() {
    return buffer.segment().asSlice(0, length).asReadOnly();
  }

  @Override
  public void close() {
    buffer.close();
  }
}
