package io.kogluktualuk.memnode.server;

import io.kogluktualuk.memnode.api.NodeDescription;
import io.kogluktualuk.memnode.api.WriteWindow;
import io.kogluktualuk.memnode.store.MemoryStore;
import io.kogluktualuk.memnode.store.WindowSlot;
import io.kogluktualuk.rdma.transport.memory.PublishedFile;
import io.kogluktualuk.rdma.transport.memory.PublishedRegion;
import io.kogluktualuk.rdma.transport.memory.RegionAccess;
import io.kogluktualuk.rdma.transport.memory.RegionServer;
import io.kogluktualuk.rdma.transport.memory.RemoteRegion;
import java.util.ArrayList;
import java.util.List;

/// The files of a store as registered memory: the index and each region for reading only, and
/// each slot of the windows for writing only.
///
/// The keys for reading are told to everybody who asks. Each window's key is told to who reserves
/// it, and changes before the slot is another's.
///
/// **Threading:** any thread. **Ownership:** owns the registrations; server and store are lent.
final class PublishedStore implements AutoCloseable {

  private final RegionServer server;
  private final MemoryStore store;

  /// Guarded by this: the index and the regions, by number.
  private final List<ReadableFile> index;

  private final List<ReadableFile> regions = new ArrayList<>();

  private final PublishedFile windows;

  /// By slot number; guarded by itself.
  private final List<PublishedRegion> slots = new ArrayList<>();

  PublishedStore(RegionServer server, MemoryStore store) {
    this.server = server;
    this.store = store;
    this.index = store.index().stream().map(this::readable).toList();
    MemoryStore.FilePart file = store.windowFile();
    this.windows = server.map(file.path(), file.offset(), file.length());
    store.windowSlots().forEach(slot -> slots.add(publish(slot)));
  }

  private ReadableFile readable(MemoryStore.FilePart file) {
    return new ReadableFile(server.map(file.path(), file.offset(), file.length()), file.length());
  }

  private PublishedRegion publish(WindowSlot slot) {
    return windows.publish(slot.offset(), slot.length(), RegionAccess.WRITE);
  }

  /// Publishes the regions that have been added since the last time.
  private void publishNew() {
    List<MemoryStore.FilePart> files = store.regions();
    for (int number = regions.size(); number < files.size(); number++) {
      regions.add(readable(files.get(number)));
    }
  }

  /// What everybody may know.
  synchronized NodeDescription describe(String nodeId, String host) {
    publishNew();
    return new NodeDescription(
        nodeId,
        host,
        server.address().getPort(),
        index.stream().map(ReadableFile::remote).toList(),
        store.indexHomes(),
        regions.stream().map(ReadableFile::remote).toList());
  }

  /// What to tell who has reserved a window.
  WriteWindow window(MemoryStore.Lent window) {
    synchronized (slots) {
      RemoteRegion region = slots.get(window.slot().number()).remote();
      return new WriteWindow(window.id(), region);
    }
  }

  /// Gives a slot another key, and then lets nobody use the old one.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Unavailable when there is no other key to be had:
  ///     the old one stays valid, so the slot must not be lent
  void renew(WindowSlot slot) {
    PublishedRegion fresh = publish(slot);
    PublishedRegion former;
    synchronized (slots) {
      former = slots.set(slot.number(), fresh);
    }
    former.close();
  }

  /// Gives everything that can be read another key. The former keys stay valid until the next
  /// time.
  synchronized void renewReadable() {
    index.forEach(ReadableFile::renew);
    regions.forEach(ReadableFile::renew);
  }

  /// Lets nobody use the former keys any more.
  synchronized void withdrawFormer() {
    index.forEach(ReadableFile::withdrawFormer);
    regions.forEach(ReadableFile::withdrawFormer);
  }

  /// What [RegionServer#completions] says.
  long completions() {
    return server.completions();
  }

  @Override
  public synchronized void close() {
    windows.close();
    regions.forEach(ReadableFile::close);
    index.forEach(ReadableFile::close);
  }
}
