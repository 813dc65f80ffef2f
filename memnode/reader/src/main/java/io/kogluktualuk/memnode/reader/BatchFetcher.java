package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Fetches many blobs with their reads overlapped: nodes in parallel, and for each node as many
/// reads posted together as fit into a buffer. What does not come right this way is left to
/// [BlobFetcher].
///
/// **Threading:** any thread.
final class BatchFetcher {

  private final NodeLinks links;
  private final PackedReads reads;
  private final LocationCache locations;
  private final BlobLocator locator;
  private final Verification verification;
  private final Tally tally;
  private final UseHints hints;

  BatchFetcher(
      NodeLinks links,
      Buffers buffers,
      LocationCache locations,
      BlobLocator locator,
      Verification verification,
      Tally tally,
      UseHints hints) {
    this.links = links;
    this.reads = new PackedReads(buffers);
    this.locations = locations;
    this.locator = locator;
    this.verification = verification;
    this.tally = tally;
    this.hints = hints;
  }

  private record Wanted(Hash hash, LocationCache.Known source) {}

  /// Those of the blobs that came right.
  Map<Hash, Blob> fetch(Collection<Hash> hashes, Deadline deadline) {
    List<Hash> unknown = hashes.stream().filter(hash -> locations.get(hash) == null).toList();
    tally.locationMisses.add(unknown.size());
    tally.locationHits.add(hashes.size() - unknown.size());
    locator.locate(unknown, deadline);
    Map<NodeLink, List<Wanted>> byLink = new LinkedHashMap<>();
    for (Hash hash : hashes) {
      LocationCache.Known known = locations.get(hash);
      NodeLink link = known == null ? null : links.to(known.nodeId());
      if (known != null && link != null) {
        byLink.computeIfAbsent(link, _ -> new ArrayList<>()).add(new Wanted(hash, known));
      }
    }
    Map<Hash, Blob> fetched = new ConcurrentHashMap<>();
    List<Runnable> tasks = new ArrayList<>();
    byLink.forEach((link, wanted) -> tasks.add(() -> fetchFrom(link, wanted, fetched, deadline)));
    if (!tasks.isEmpty()) {
      Parallel.run(tasks);
    }
    return fetched;
  }

  private void fetchFrom(
      NodeLink link, List<Wanted> wanted, Map<Hash, Blob> fetched, Deadline deadline) {
    List<BlobLocation> places = wanted.stream().map(each -> each.source().location()).toList();
    int from = 0;
    while (from < wanted.size()) {
      int to = PackedReads.end(places, from);
      try {
        fetchBatch(link, new ArrayList<>(wanted.subList(from, to)), fetched, deadline);
      } catch (FabricException e) {
        return; // The node is away. Each of its blobs is looked for on its other nodes.
      }
      from = to;
    }
  }

  /// Has the node bring back what is spilled, and takes out what then is in no region.
  private void promote(NodeLink link, List<Wanted> batch, Deadline deadline) {
    List<Hash> spilled = batch.stream().filter(BatchFetcher::isSpilled).map(Wanted::hash).toList();
    if (spilled.isEmpty()) {
      return;
    }
    String node = link.node().id();
    link.use(deadline, session -> session.promote(spilled, deadline))
        .forEach((hash, place) -> locations.located(hash, node, place));
    batch.replaceAll(each -> isSpilled(each) ? asKnown(each, node) : each);
    batch.removeIf(BatchFetcher::isSpilled);
  }

  private Wanted asKnown(Wanted wanted, String node) {
    LocationCache.Known known = locations.get(wanted.hash());
    return known == null || !known.nodeId().equals(node)
        ? wanted
        : new Wanted(wanted.hash(), known);
  }

  private static boolean isSpilled(Wanted wanted) {
    return wanted.source().location().isSpilled();
  }

  private void fetchBatch(
      NodeLink link, List<Wanted> batch, Map<Hash, Blob> fetched, Deadline deadline) {
    promote(link, batch, deadline);
    List<BlobLocation> places = batch.stream().map(each -> each.source().location()).toList();
    reads.read(
        link,
        places,
        (i, bytes) -> {
          Wanted each = batch.get(i);
          if (verification.accepts(each.hash(), bytes, each.source())) {
            fetched.put(each.hash(), copy(each.hash(), bytes, tally));
            hints.used(each.hash(), link.node().id());
          }
        },
        deadline);
  }

  /// A blob on the heap, of bytes that have been verified.
  static Blob copy(Hash hash, MemorySegment verified, Tally tally) {
    tally.copiedBytes.add(verified.byteSize());
    return new Blob(hash, MemorySegment.ofArray(verified.toArray(ValueLayout.JAVA_BYTE)));
  }
}
