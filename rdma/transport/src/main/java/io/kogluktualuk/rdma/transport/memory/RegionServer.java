package io.kogluktualuk.rdma.transport.memory;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/// Publishes parts of files to peers, who read and write them one-sidedly.
///
/// **Threading:** any thread.
public final class RegionServer implements AutoCloseable {

  /// The longest region; arenas that are larger are published in several.
  public static final long REGION_BYTES_MAX = 1L << 30;

  /// Starts to accept peers.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when the port is in use
  public static RegionServer open(InetSocketAddress bind) {
    throw new UnsupportedOperationException(bind.toString());
  }

  /// The address peers connect to, with the real port when 0 was asked for.
  public InetSocketAddress address() {
    throw new UnsupportedOperationException();
  }

  /// Maps `length` bytes of an existing file from `offset` and publishes them. The mapping is
  /// shared:
  /// what is written survives the death of this process.
  public PublishedRegion registerFile(Path file, long offset, long length, RegionAccess access) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
