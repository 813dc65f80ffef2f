package io.kogluktualuk.rdma.transport.memory;

import com.ibm.disni.verbs.IbvMr;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.rdma.verbs.FileMapping;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A part of a file, mapped here once, of which parts are readable or writable by peers, each by a
/// key of its own. The same part may have several keys: a new one, and the old one until it is
/// withdrawn.
///
/// **Threading:** any thread. **Ownership:** closing withdraws all keys (peers then get access
/// errors) and unmaps; the file and its contents stay.
public final class PublishedFile implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PublishedFile.class);

  private final RegionServer server;
  private final FileMapping mapping;

  /// Guarded by this.
  private final Set<PublishedRegion> published = new HashSet<>();

  private boolean isClosed;

  PublishedFile(RegionServer server, FileMapping mapping) {
    this.server = server;
    this.mapping = mapping;
  }

  /// Gives a part a key that it has not had before.
  ///
  /// @param offset in the mapping
  /// @throws io.kogluktualuk.fabric.fault.Unavailable when the adapter registers no more
  public PublishedRegion publish(long offset, long length, RegionAccess access) {
    MemorySegment part = mapping.segment().asSlice(offset, length);
    return publish(part, access, false);
  }

  /// Gives everything a key; closing the region then closes this too.
  PublishedRegion publishAndOwn(RegionAccess access) {
    return publish(mapping.segment(), access, true);
  }

  private synchronized PublishedRegion publish(
      MemorySegment part, RegionAccess access, boolean isOwner) {
    if (isClosed) {
      throw new AlreadyClosed("the mapping of " + mapping.file() + " is closed");
    }
    IbvMr key = server.register(part, access);
    RemoteRegion remote = new RemoteRegion(key.getAddr(), part.byteSize(), key.getRkey());
    PublishedRegion region =
        new PublishedRegion(
            part,
            remote,
            self -> {
              withdraw(self, key);
              if (isOwner) {
                close();
              }
            });
    published.add(region);
    return region;
  }

  private void withdraw(PublishedRegion region, IbvMr key) {
    synchronized (this) {
      if (!published.remove(region)) {
        return;
      }
    }
    try {
      key.deregMr().execute().free();
    } catch (IOException e) {
      LOG.warn("deregistering a part of {} failed", mapping.file(), e);
    }
  }

  @Override
  public void close() {
    List<PublishedRegion> left;
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      left = List.copyOf(published);
    }
    left.forEach(PublishedRegion::close);
    server.forget(this);
    mapping.close();
  }
}
