package io.kogluktualuk.rdma.transport.memory;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/// A part of a file, mapped here and open to peers by one key until it is closed.
///
/// **Threading:** any thread. **Ownership:** closing withdraws the region: peers then get access
/// errors, and no access of theirs happens after it. The file and its contents stay.
public final class PublishedRegion implements AutoCloseable {

  private final MemorySegment segment;
  private final RemoteRegion remote;
  private final Consumer<PublishedRegion> withdraw;

  PublishedRegion(MemorySegment segment, RemoteRegion remote, Consumer<PublishedRegion> withdraw) {
    this.segment = segment;
    this.remote = remote;
    this.withdraw = withdraw;
  }

  /// The mapping in this process; its bytes are the file's.
  public MemorySegment segment() {
    return segment;
  }

  /// What to tell peers.
  public RemoteRegion remote() {
    return remote;
  }

  @Override
  public void close() {
    withdraw.accept(this);
  }
}
