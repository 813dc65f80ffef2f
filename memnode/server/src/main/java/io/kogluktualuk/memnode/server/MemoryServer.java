package io.kogluktualuk.memnode.server;

import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.memnode.api.MemoryStatus;
import io.kogluktualuk.memnode.store.MemoryStore;
import io.kogluktualuk.memnode.store.StateFolder;
import io.kogluktualuk.rdma.transport.memory.RegionServer;
import io.kogluktualuk.rdma.transport.rpc.RpcServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running memory node.
///
/// **Threading:** any thread.
/// **Ownership:** owns folder, store, registrations, servers and threads; [#close] lets go of them
/// in the order that keeps everything valid that somebody may still use: leave the membership's
/// heartbeats, stop control calls, withdraw the memory, stop serving it, close store and folder.
public final class MemoryServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MemoryServer.class);

  /// What to close, last opened first.
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private final NodeId id;
  private final String host;
  private final StoreCalls calls;
  private final RpcServer rpc;
  private final Enrolment enrolment;

  private MemoryServer(MemorySettings settings) {
    try {
      SecureRandom random = new SecureRandom();
      StateFolder folder =
          StateFolder.open(
              settings.folder(), StateFolder.machineBootId(), NodeId.of(random).toString());
      opened.push(folder);
      id = NodeId.parse(folder.nodeId());
      MemoryStore store =
          MemoryStore.open(folder, settings.store(), System::nanoTime, random.nextLong(1L << 62));
      opened.push(store);
      report(settings, store);
      host = host(settings.bind());
      RegionServer regions =
          RegionServer.open(
              new InetSocketAddress(settings.bind().getAddress(), settings.dataPort()));
      opened.push(regions);
      PublishedStore published = new PublishedStore(regions, store);
      opened.push(published);
      calls = new StoreCalls(id.toString(), settings.name(), host, store, published);
      rpc = RpcServer.open(settings.bind(), calls.table());
      opened.push(rpc);
      enrolment =
          Enrolment.start(self(settings), settings.control(), settings.heartbeat(), this::load);
      opened.push(enrolment);
    } catch (RuntimeException e) {
      closeAll(e);
      throw e;
    }
  }

  /// Starts a node on its folder, with all blobs that it had. It becomes a member as soon as the
  /// control plane answers.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when another server holds the folder, or a port
  ///     is in use
  /// @throws io.kogluktualuk.fabric.fault.OutOfSpace when the folder has no room for the index
  public static MemoryServer open(MemorySettings settings) {
    return new MemoryServer(settings);
  }

  private static void report(MemorySettings settings, MemoryStore store) {
    long dropped = store.status().dropped();
    if (dropped > 0) {
      LOG.warn(
          "memory node {}: {} blobs in {} were not intact and have been dropped",
          settings.name(),
          dropped,
          settings.folder());
    }
    String gap = store.status().gapFailure();
    if (gap != null) {
      LOG.warn("memory node {}: some free room cannot be used: {}", settings.name(), gap);
    }
  }

  /// The host that others reach this one by.
  private static String host(InetSocketAddress bind) {
    if (!bind.getAddress().isAnyLocalAddress()) {
      return bind.getAddress().getHostAddress();
    }
    try {
      return InetAddress.getLocalHost().getHostAddress();
    } catch (UnknownHostException e) {
      throw new Unavailable("this host does not know its own address; bind to one", e);
    }
  }

  private MemberInfo self(MemorySettings settings) {
    return new MemberInfo(
        Role.MEMORY,
        id,
        settings.name(),
        host + ":" + address().getPort(),
        settings.store().capacity().bytes(),
        settings.weight(),
        0);
  }

  private Load load() {
    return new Load(calls.status().usedBytes(), 0, 0);
  }

  /// The identity that it keeps for ever.
  public NodeId id() {
    return id;
  }

  /// Where it answers control calls.
  public InetSocketAddress address() {
    return new InetSocketAddress(host, rpc.address().getPort());
  }

  public MemoryStatus status() {
    return calls.status();
  }

  /// Whether the control plane has heard of it lately.
  public boolean isEnrolled() {
    return enrolment.isEnrolled();
  }

  @Override
  public void close() {
    RuntimeException failure = new Unavailable("a memory node did not close in order");
    closeAll(failure);
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  private synchronized void closeAll(RuntimeException reason) {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        reason.addSuppressed(e);
      }
    }
  }
}
