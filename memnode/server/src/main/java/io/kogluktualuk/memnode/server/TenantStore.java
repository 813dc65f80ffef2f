package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.fault.OpenParts;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.store.MemoryStore;
import io.kogluktualuk.memnode.store.StateFolder;
import io.kogluktualuk.memnode.store.StoreSettings;
import io.kogluktualuk.memnode.store.TierSettings;
import io.kogluktualuk.rdma.transport.memory.RegionServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
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

  private final OpenParts opened = new OpenParts("a tenant's store");

  private TenantStore(
      Tenant tenant,
      Path path,
      String freshId,
      StoreSettings settings,
      InetSocketAddress data,
      KeySchedule schedule,
      KeepingSettings keeping) {
    this.tenant = tenant;
    SecureRandom random = new SecureRandom();
    try {
      StateFolder folder = StateFolder.open(path, StateFolder.machineBootId(), freshId);
      opened.add(folder);
      nodeId = folder.nodeId();
      TierSettings memory =
          settings.memory() == null ? null : settings.memory().in(nodeId).in(tenant.name());
      store =
          MemoryStore.open(
              folder,
              settings.withMemory(memory),
              System::nanoTime,
              InstantSource.system(),
              random.nextLong(1L << 62));
      opened.add(store);
      report(path);
      RegionServer regions = RegionServer.open(data);
      opened.add(regions);
      published = new PublishedStore(regions, store);
      opened.add(published);
      opened.add(StoreUpkeep.start(tenant.name(), store, keeping));
      opened.add(KeyKeeper.start(tenant.name(), store, published, schedule));
    } catch (RuntimeException e) {
      opened.closeBecause(e);
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
      KeySchedule schedule,
      KeepingSettings keeping) {
    return new TenantStore(tenant, path, freshId, settings, data, schedule, keeping);
  }

  private void report(Path path) {
    long dropped = store.status().dropped();
    if (dropped > 0) {
      LOG.warn("{} blobs in {} were not intact and have been dropped", dropped, path);
    }
    long torn = store.status().tornBytes();
    if (torn > 0) {
      LOG.warn("the log in {} ended in {} bytes of no whole record; they are cut off", path, torn);
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
    opened.close();
  }
}
