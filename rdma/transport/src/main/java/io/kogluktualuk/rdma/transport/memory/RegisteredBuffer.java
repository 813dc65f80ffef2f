package io.kogluktualuk.rdma.transport.memory;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/// Registered bytes lent by a [RegisteredPool]: the local side of a one-sided transfer.
///
/// **Threading:** one thread at a time. **Ownership:** borrowed; [#close] gives it back and a
/// second close does nothing. The segment must not be used afterwards.
public final class RegisteredBuffer implements AutoCloseable {

  private final MemorySegment segment;
  private final int lkey;
  private final Runnable release;
  private final AtomicBoolean released = new AtomicBoolean();

  RegisteredBuffer(MemorySegment segment, int lkey, Runnable release) {
    this.segment = segment;
    this.lkey = lkey;
    this.release = release;
  }

  public MemorySegment segment() {
    return segment;
  }

  public int lkey() {
    return lkey;
  }

  /// A part of this buffer as a buffer of its own, to be lent on. This one stays lent.
  ///
  /// @param released told when the part is given back
  public RegisteredBuffer part(long offset, long length, Runnable released) {
    return new RegisteredBuffer(segment.asSlice(offset, length), lkey, released);
  }

  @Override
  public void close() {
    if (released.compareAndSet(false, true)) {
      release.run();
    }
  }
}
