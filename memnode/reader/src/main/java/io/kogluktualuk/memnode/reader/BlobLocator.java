package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.IndexEntry;
import io.kogluktualuk.memnode.api.IndexLayout;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Finds out where many blobs lie, by index reads posted together: first on each blob's first node,
/// then those that are not there on its second, and so on.
///
/// **Threading:** any thread.
final class BlobLocator {

  /// As many look-ups as fit into a small buffer.
  private static final int BATCH = ReaderSettings.SMALL_BUFFER_BYTES / IndexLayout.PROBE_BYTES;

  private final NodeLinks links;
  private final Buffers buffers;
  private final LocationCache locations;

  BlobLocator(NodeLinks links, Buffers buffers, LocationCache locations) {
    this.links = links;
    this.buffers = buffers;
    this.locations = locations;
  }

  /// Looks all hashes up, and remembers what was found.
  ///
  /// @return the hashes that no index has which could be read
  Set<Hash> locate(Collection<Hash> hashes, Deadline deadline) {
    Map<Hash, List<NodeLink>> orders = new LinkedHashMap<>();
    hashes.forEach(hash -> orders.computeIfAbsent(hash, links::order));
    Set<Hash> open = new HashSet<>(orders.keySet());
    boolean more = !open.isEmpty();
    for (int rank = 0; more; rank++) {
      Map<NodeLink, List<Hash>> byLink = new LinkedHashMap<>();
      for (Hash hash : open) {
        List<NodeLink> order = orders.getOrDefault(hash, List.of());
        if (rank < order.size()) {
          byLink.computeIfAbsent(order.get(rank), _ -> new ArrayList<>()).add(hash);
        }
      }
      Set<Hash> found = lookUpAll(byLink, deadline);
      open.removeAll(found);
      more = !byLink.isEmpty() && !open.isEmpty();
    }
    return open;
  }

  private Set<Hash> lookUpAll(Map<NodeLink, List<Hash>> byLink, Deadline deadline) {
    Set<Hash> found = ConcurrentHashMap.newKeySet();
    List<Runnable> tasks = new ArrayList<>();
    byLink.forEach((link, hashes) -> tasks.add(() -> lookUp(link, hashes, found, deadline)));
    if (!tasks.isEmpty()) {
      Parallel.run(tasks);
    }
    return found;
  }

  private void lookUp(NodeLink link, List<Hash> hashes, Set<Hash> found, Deadline deadline) {
    for (int from = 0; from < hashes.size(); from += BATCH) {
      List<Hash> batch = hashes.subList(from, Math.min(hashes.size(), from + BATCH));
      try (RegisteredBuffer buffer =
          buffers.acquire((long) batch.size() * IndexLayout.PROBE_BYTES, deadline)) {
        Map<Hash, IndexEntry> here =
            link.use(deadline, session -> session.lookUp(batch, buffer, deadline));
        here.forEach((hash, entry) -> locations.located(hash, link.node().id(), entry.location()));
        found.addAll(here.keySet());
      } catch (FabricException e) {
        return; // The node is away. Its blobs are looked for on the next nodes.
      }
    }
  }
}
