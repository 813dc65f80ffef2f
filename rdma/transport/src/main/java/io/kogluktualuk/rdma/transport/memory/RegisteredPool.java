package io.kogluktualuk.rdma.transport.memory;

import io.kogluktualuk.fabric.rpc.Deadline;

/// A fixed number of equally long registered buffers.
///
/// **Threading:** any thread. **Bound:** memory is allocated and registered once, at creation.
public final class RegisteredPool implements AutoCloseable {

  /// Allocates and registers `count` buffers of `bufferBytes` each.
  public static RegisteredPool create(int bufferBytes, int count) {
    throw new UnsupportedOperationException("pool of " + count + " x " + bufferBytes);
  }

  public int bufferBytes() {
    throw new UnsupportedOperationException();
  }

  /// Lends a buffer, waiting for one until the deadline.
  ///
  /// @throws io.kogluktualuk.fabric.fault.DeadlineExceeded when none came back in time
  /// @throws io.kogluktualuk.fabric.fault.AlreadyClosed when the pool is closed
  public RegisteredBuffer acquire(Deadline deadline) {
    throw new UnsupportedOperationException(deadline.toString());
  }

  @Override
  public void close() {}
}
