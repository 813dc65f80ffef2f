package io.kogluktualuk.memnode.server;

import io.kogluktualuk.memnode.api.NodeDescription;
import io.kogluktualuk.memnode.store.MemoryStore;
import io.kogluktualuk.rdma.transport.memory.PublishedRegion;
import io.kogluktualuk.rdma.transport.memory.RegionAccess;
import io.kogluktualuk.rdma.transport.memory.RegionServer;
import io.kogluktualuk.rdma.transport.memory.RemoteRegion;
import java.util.ArrayList;
import java.util.List;

/// The files of a store as registered memory: the index and each region for reading, and each
/// region once more for writing.
///
/// The key for writing is told to those who reserve, the key for reading to everybody. What a
/// writer could do with it is told at [MemoryStore].
///
/// **Threading:** any thread. **Ownership:** owns the registrations; server and store are lent.
final class PublishedStore implements AutoCloseable {

  private final RegionServer server;
  private final MemoryStore store;
  private final PublishedRegion index;

  /// Guarded by this.
  private final List<PublishedRegion> readable = new ArrayList<>();

  private final List<PublishedRegion> writable = new ArrayList<>();

  PublishedStore(RegionServer server, MemoryStore store) {
    this.server = server;
    this.store = store;
    MemoryStore.FilePart file = store.index();
    this.index = server.registerFile(file.path(), 0, file.length(), RegionAccess.READ);
  }

  /// Publishes the regions that have been added since the last time.
  private synchronized void publishNew() {
    List<MemoryStore.FilePart> files = store.regions();
    for (int number = writable.size(); number < files.size(); number++) {
      MemoryStore.FilePart file = files.get(number);
      if (readable.size() == number) {
        readable.add(server.registerFile(file.path(), 0, file.length(), RegionAccess.READ));
      }
      writable.add(server.registerFile(file.path(), 0, file.length(), RegionAccess.READ_WRITE));
    }
  }

  /// What everybody may know.
  synchronized NodeDescription describe(String nodeId, String host) {
    publishNew();
    return new NodeDescription(
        nodeId,
        host,
        server.address().getPort(),
        index.remote(),
        store.indexHomes(),
        readable.stream().map(PublishedRegion::remote).toList());
  }

  /// A region for those who have a window in it.
  synchronized RemoteRegion writable(int number) {
    publishNew();
    return writable.get(number).remote();
  }

  /// What [RegionServer#completions] says.
  long completions() {
    return server.completions();
  }

  @Override
  public synchronized void close() {
    writable.forEach(PublishedRegion::close);
    readable.forEach(PublishedRegion::close);
    index.close();
  }
}
