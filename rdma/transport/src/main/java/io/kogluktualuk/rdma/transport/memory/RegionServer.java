package io.kogluktualuk.rdma.transport.memory;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvPd;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.rdma.provider.Verbs;
import io.kogluktualuk.rdma.transport.endpoint.Acceptor;
import io.kogluktualuk.rdma.verbs.FileMapping;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Publishes parts of files to peers, who read and write them one-sidedly.
///
/// It has a protection domain of its own: its keys work on its own connections only.
///
/// **Threading:** any thread. **Ownership:** closing withdraws all regions that are still
/// published.
public final class RegionServer implements AutoCloseable {

  /// The longest region; arenas that are larger are published in several.
  public static final long REGION_BYTES_MAX = 1L << 30;

  private static final Logger LOG = LoggerFactory.getLogger(RegionServer.class);

  private final IbvPd domain;
  private final MemoryGroup group;
  private final Acceptor acceptor;
  private final Set<PublishedFile> files = ConcurrentHashMap.newKeySet();
  private volatile boolean isClosed;

  private RegionServer(InetSocketAddress bind) {
    Verbs.install();
    try {
      this.domain = Verbs.context().allocPd();
    } catch (IOException e) {
      throw new Unavailable("cannot have a protection domain: " + e.getMessage(), e);
    }
    this.group = MemoryGroup.open(domain, this::onLost);
    try {
      this.acceptor = Acceptor.open(group, bind);
    } catch (RuntimeException e) {
      group.shutDown();
      throw e;
    }
  }

  /// Starts to accept peers.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when the port is in use
  public static RegionServer open(InetSocketAddress bind) {
    return new RegionServer(bind);
  }

  /// The address peers connect to, with the real port when 0 was asked for.
  public InetSocketAddress address() {
    return acceptor.address();
  }

  private void onLost(MemoryEndpoint endpoint) {
    Thread.ofVirtual().name("kog-rdma-drop").start(() -> group.drop(endpoint));
  }

  /// Maps `length` bytes of an existing file from `offset`, to publish all or parts of them. The
  /// mapping is shared: what is written survives the death of this process.
  ///
  /// @throws InvalidArgument when the range is not in the file or longer than [#REGION_BYTES_MAX]
  /// @throws io.kogluktualuk.fabric.fault.NotFound when there is no such file
  public PublishedFile map(Path file, long offset, long length) {
    if (length <= 0 || length > REGION_BYTES_MAX) {
      throw new InvalidArgument(
          "a region has 1 to " + REGION_BYTES_MAX + " bytes, asked for " + length + " of " + file);
    }
    if (isClosed) {
      throw new AlreadyClosed("the region server at " + address() + " is closed");
    }
    PublishedFile made = new PublishedFile(this, FileMapping.open(file, offset, length));
    files.add(made);
    return made;
  }

  /// Maps a part of a file and publishes all of it; closing the region unmaps it.
  ///
  /// @throws InvalidArgument when the range is not in the file or longer than [#REGION_BYTES_MAX]
  /// @throws io.kogluktualuk.fabric.fault.NotFound when there is no such file
  public PublishedRegion registerFile(Path file, long offset, long length, RegionAccess access) {
    PublishedFile mapped = map(file, offset, length);
    try {
      return mapped.publishAndOwn(access);
    } catch (RuntimeException e) {
      mapped.close();
      throw e;
    }
  }

  /// Gives peers a key to memory.
  IbvMr register(MemorySegment memory, RegionAccess access) {
    if (isClosed) {
      throw new AlreadyClosed("the region server at " + address() + " is closed");
    }
    try {
      return domain
          .regMr(memory.address(), (int) memory.byteSize(), rights(access))
          .execute()
          .free()
          .getMr();
    } catch (IOException | RuntimeException e) {
      throw new Unavailable("cannot register " + memory.byteSize() + " bytes: " + e, e);
    }
  }

  void forget(PublishedFile file) {
    files.remove(file);
  }

  private static int rights(RegionAccess access) {
    return switch (access) {
      case READ -> IbvMr.IBV_ACCESS_REMOTE_READ;
      // The adapter writes with the local right of whoever registered.
      case WRITE -> IbvMr.IBV_ACCESS_LOCAL_WRITE | IbvMr.IBV_ACCESS_REMOTE_WRITE;
      case READ_WRITE ->
          IbvMr.IBV_ACCESS_LOCAL_WRITE
              | IbvMr.IBV_ACCESS_REMOTE_READ
              | IbvMr.IBV_ACCESS_REMOTE_WRITE;
    };
  }

  /// How many peers' queue pairs are connected.
  public int peers() {
    return group.endpoints();
  }

  /// How many completions its queue pairs have shown since the start. Peers who read and write
  /// one-sidedly cause none here: this stays 0, and a number above it means that somebody does
  /// something else.
  public long completions() {
    return group.completions();
  }

  /// Stops accepting, disconnects peers, withdraws and unmaps the regions.
  @Override
  public synchronized void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    acceptor.close();
    group.shutDown();
    files.forEach(PublishedFile::close);
    try {
      domain.deallocPd();
    } catch (Exception e) {
      LOG.warn("the protection domain of {} stays behind", address(), e);
    }
  }
}
