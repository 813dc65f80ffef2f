package io.kogluktualuk.memnode.server;

import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.store.MemoryStore;
import io.kogluktualuk.memnode.store.StateFolder;
import io.kogluktualuk.memnode.store.StoreSettings;
import io.kogluktualuk.rdma.transport.memory.RegionServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a memory node has for one tenant, shared with no other: folder, store, keys, and a region
/// server with its own protection domain and its own port.
///
/// **Threading:** any thread. **Ownership:** owns all of it; [#close] lets go in the order that
/// keeps valid what somebody may still use.
final class TenantStore implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TenantStore.class);

  private final Tenant tenant;
  private final String nodeId;
  private final MemoryStore store;
  private final PublishedStore published;

  /// What to close, last opened first.
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private TenantStore(
      Tenant tenant,
      Path path,
      String freshId,
      StoreSettings settings,
      InetSocketAddress data,
      KeySchedule schedule) {
    this.tenant = tenant;
    SecureRandom random = new SecureRandom();
    try {
      StateFolder folder = StateFolder.open(path, StateFolder.machineBootId(), freshId);
      opened.push(folder);
      nodeId = folder.nodeId();
      store = MemoryStore.open(folder, settings, System::nanoTime, random.nextLong(1L << 62));
      opened.push(store);
      report(path);
      RegionServer regions = RegionServer.open(data);
      opened.push(regions);
      published = new PublishedStore(regions, store);
      opened.push(published);
      opened.push(KeyKeeper.start(tenant.name(), store, published, schedule));
    } catch (RuntimeException e) {
      closeAll(e);
      throw e;
    }
  }

  /// @param path its folder
  /// @param freshId the identity to take when the folder has none yet
  /// @param data where its memory is served
  static TenantStore open(
      Tenant tenant,
      Path path,
      String freshId,
      StoreSettings settings,
      InetSocketAddress data,
      KeySchedule schedule) {
    return new TenantStore(tenant, path, freshId, settings, data, schedule);
  }

  private void report(Path path) {
    long dropped = store.status().dropped();
    if (dropped > 0) {
      LOG.warn("{} blobs in {} were not intact and have been dropped", dropped, path);
    }
    String gap = store.status().gapFailure();
    if (gap != null) {
      LOG.warn("some free room in {} cannot be used: {}", path, gap);
    }
  }

  Tenant tenant() {
    return tenant;
  }

  /// The identity that its folder keeps.
  String nodeId() {
    return nodeId;
  }

  MemoryStore store() {
    return store;
  }

  PublishedStore published() {
    return published;
  }

  @Override
  public void close() {
    RuntimeException failure =
        new IllegalStateException("the store of tenant " + tenant + " did not close in order");
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
