package io.kogluktualuk.memnode.server;

import io.kogluktualuk.rdma.transport.memory.PublishedFile;
import io.kogluktualuk.rdma.transport.memory.PublishedRegion;
import io.kogluktualuk.rdma.transport.memory.RegionAccess;
import io.kogluktualuk.rdma.transport.memory.RemoteRegion;
import org.jspecify.annotations.Nullable;

/// A file that peers read, with its key and the former one.
///
/// **Threading:** one thread at a time; [PublishedStore] holds its lock.
/// **Ownership:** owns the mapping.
final class ReadableFile implements AutoCloseable {

  private final PublishedFile file;
  private final long length;
  private PublishedRegion current;
  private @Nullable PublishedRegion former;

  ReadableFile(PublishedFile file, long length) {
    this.file = file;
    this.length = length;
    this.current = file.publish(0, length, RegionAccess.READ);
  }

  RemoteRegion remote() {
    return current.remote();
  }

  void renew() {
    PublishedRegion fresh = file.publish(0, length, RegionAccess.READ);
    withdrawFormer();
    former = current;
    current = fresh;
  }

  void withdrawFormer() {
    if (former != null) {
      former.close();
      former = null;
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
