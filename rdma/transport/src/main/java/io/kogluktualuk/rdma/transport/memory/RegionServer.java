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
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private final Set<PublishedRegion> published = ConcurrentHashMap.newKeySet();
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

  /// Maps `length` bytes of an existing file from `offset` and publishes them. The mapping is
  /// shared: what is written survives the death of this process.
  ///
  /// @throws InvalidArgument when the range is not in the file or longer than [#REGION_BYTES_MAX]
  /// @throws io.kogluktualuk.fabric.fault.NotFound when there is no such file
  public PublishedRegion registerFile(Path file, long offset, long length, RegionAccess access) {
    if (length <= 0 || length > REGION_BYTES_MAX) {
      throw new InvalidArgument(
          "a region has 1 to " + REGION_BYTES_MAX + " bytes, asked for " + length + " of " + file);
    }
    if (isClosed) {
      throw new AlreadyClosed("the region server at " + address() + " is closed");
    }
    FileMapping mapping = FileMapping.open(file, offset, length);
    try {
      IbvMr region =
          domain
              .regMr(mapping.segment().address(), (int) length, rights(access))
              .execute()
              .free()
              .getMr();
      return publish(mapping, region);
    } catch (IOException | RuntimeException e) {
      mapping.close();
      throw new Unavailable("cannot register " + length + " bytes of " + file + ": " + e, e);
    }
  }

  private PublishedRegion publish(FileMapping mapping, IbvMr region) {
    RemoteRegion remote =
        new RemoteRegion(region.getAddr(), mapping.segment().byteSize(), region.getRkey());
    AtomicBoolean isWithdrawn = new AtomicBoolean();
    PublishedRegion made =
        new PublishedRegion(
            mapping.segment(),
            remote,
            self -> {
              if (isWithdrawn.compareAndSet(false, true)) {
                published.remove(self);
                withdraw(mapping, region);
              }
            });
    published.add(made);
    return made;
  }

  private static void withdraw(FileMapping mapping, IbvMr region) {
    try {
      region.deregMr().execute().free();
    } catch (IOException e) {
      LOG.warn("deregistering a part of {} failed", mapping.file(), e);
    }
    mapping.close();
  }

  private static int rights(RegionAccess access) {
    return switch (access) {
      case READ -> IbvMr.IBV_ACCESS_REMOTE_READ;
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
    published.forEach(PublishedRegion::close);
    try {
      domain.deallocPd();
    } catch (Exception e) {
      LOG.warn("the protection domain of {} stays behind", address(), e);
    }
  }
}
