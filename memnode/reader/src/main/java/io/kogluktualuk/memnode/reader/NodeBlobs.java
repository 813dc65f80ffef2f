package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.CollectPage;
import io.kogluktualuk.memnode.api.CollectStep;
import io.kogluktualuk.memnode.api.IndexLayout;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The blobs of one node at a time, wherever they belong: what repair needs. Looking whether a
/// node has blobs is one-sided and costs it nothing.
///
/// **Threading:** any thread; calls block. **Ownership:** shares a [FabricBlobs], which is closed
/// by its owner. **Errors:** [Unavailable] when the node cannot be asked or is no member.
public final class NodeBlobs {

  /// As many look-ups as fit into a small buffer.
  private static final int BATCH = ReaderSettings.SMALL_BUFFER_BYTES / IndexLayout.PROBE_BYTES;

  private final NodeLinks links;
  private final Buffers buffers;
  private final BlobWriter writer;
  private final PackedReads reads;
  private final Account account;
  private final Tally tally;
  private final NodeFetcher fetcher;

  NodeBlobs(NodeLinks links, Buffers buffers, BlobWriter writer, Account account, Tally tally) {
    this.links = links;
    this.buffers = buffers;
    this.writer = writer;
    this.reads = new PackedReads(buffers);
    this.account = account;
    this.tally = tally;
    this.fetcher = new NodeFetcher(buffers, (hash, bytes, _, _) -> Hash.of(bytes).equals(hash));
  }

  /// Those of the blobs that the node's index shows.
  public Set<Hash> present(String nodeId, List<Hash> hashes, Deadline deadline) {
    NodeLink link = link(nodeId);
    Set<Hash> present = new HashSet<>();
    for (int from = 0; from < hashes.size(); from += BATCH) {
      List<Hash> batch = hashes.subList(from, Math.min(hashes.size(), from + BATCH));
      try (RegisteredBuffer buffer =
          buffers.acquire((long) batch.size() * IndexLayout.PROBE_BYTES, deadline)) {
        present.addAll(
            link.use(deadline, session -> session.lookUp(batch, buffer, deadline)).keySet());
      }
    }
    return present;
  }

  /// The verified bytes of a blob that a node has.
  ///
  /// @throws NotFound when it has none with that hash
  /// @throws io.kogluktualuk.fabric.fault.Corruption when its bytes are others
  public Blob get(String nodeId, Hash hash, Deadline deadline) {
    Search search = new Search(hash);
    do {
      NodeAnswer answer = fetcher.fetch(hash, link(nodeId), true, buffers, deadline);
      if (answer instanceof NodeAnswer.Bytes(Fetched fetched, _)) {
        try (fetched) {
          return BatchFetcher.copy(hash, fetched.bytes(), tally);
        }
      }
      search.answered(nodeId, answer);
    } while (search.isUnsettled() && !deadline.hasPassed());
    throw search.failure();
  }

  /// The verified bytes of those of some blobs that came right at once: a few calls and reads for
  /// all of them. For the rest there is [#get].
  public Map<Hash, Blob> getSome(String nodeId, List<Hash> hashes, Deadline deadline) {
    NodeLink link = link(nodeId);
    Map<Hash, BlobLocation> found =
        new HashMap<>(link.use(deadline, session -> session.locate(hashes, deadline)));
    found.values().removeIf(BlobLocation::isSpilled);
    List<Hash> order = List.copyOf(found.keySet());
    List<BlobLocation> places = order.stream().map(found::get).toList();
    Map<Hash, Blob> right = new HashMap<>();
    int from = 0;
    while (from < order.size()) {
      int to = PackedReads.end(places, from);
      List<Hash> batch = order.subList(from, to);
      reads.read(
          link,
          places.subList(from, to),
          (i, bytes) -> {
            if (Hash.of(bytes).equals(batch.get(i))) {
              right.put(batch.get(i), BatchFetcher.copy(batch.get(i), bytes, tally));
            }
          },
          deadline);
      from = to;
    }
    return right;
  }

  /// Puts blobs on one node, whether or not they belong there.
  ///
  /// @return what went wrong, by blob; empty when the node has them all, on its device if the
  ///     policy says so
  public Map<Hash, FabricException> put(
      String nodeId, List<Blob> blobs, PutPolicy policy, Deadline deadline) {
    Map<Hash, FabricException> failed = new ConcurrentHashMap<>();
    Set<Session> written = ConcurrentHashMap.newKeySet();
    writer.put(
        link(nodeId),
        new ArrayList<>(blobs),
        PutTerms.of(policy, null),
        new BlobWriter.Report() {
          @Override
          public void stored(NodeLink link, Blob blob) {
            Session connection = link.connection();
            if (connection != null) {
              failed.remove(blob.hash());
              written.add(connection);
            } else {
              failed(blob, new Unavailable("the connection to " + link.node().id() + " is lost"));
            }
          }

          @Override
          public void failed(Blob blob, FabricException reason) {
            failed.put(blob.hash(), reason);
          }
        },
        deadline);
    if (policy.isDurable()) {
      makeDurable(blobs, written, failed, deadline);
    }
    return failed;
  }

  /// Waits for the node's device, by the connection by which it stored: a node that has stopped in
  /// between has lost it.
  private static void makeDurable(
      List<Blob> blobs,
      Set<Session> written,
      Map<Hash, FabricException> failed,
      Deadline deadline) {
    try {
      written.forEach(connection -> connection.sync(deadline));
    } catch (FabricException e) {
      blobs.forEach(blob -> failed.put(blob.hash(), e));
    }
  }

  /// Pins those of the blobs that a node has, as reachable from a root.
  ///
  /// @param generation of the mark
  /// @return those that the node has
  /// @throws io.kogluktualuk.fabric.fault.Conflict when a later mark has begun
  /// @throws io.kogluktualuk.fabric.fault.OutOfCredits when an account cannot pay for them
  public Set<Hash> pin(String nodeId, long generation, List<Hash> hashes, Deadline deadline) {
    NodeLink link = link(nodeId);
    Set<Hash> pinned = new HashSet<>();
    int from = 0;
    do {
      List<Hash> batch =
          hashes.subList(from, Math.min(hashes.size(), from + MemoryCalls.ITEMS_MAX));
      Set<Integer> absent =
          link.use(deadline, session -> session.pin(generation, account, batch, deadline)).absent();
      for (int i = 0; i < batch.size(); i++) {
        if (!absent.contains(i)) {
          pinned.add(batch.get(i));
        }
      }
      from += batch.size();
    } while (from < hashes.size());
    return pinned;
  }

  /// One page of a collection at a node, or of what it would do; all nodes condemn before any
  /// collects.
  ///
  /// @param from 0, or what the page before said
  public CollectPage collect(
      String nodeId,
      long generation,
      Duration grace,
      CollectStep step,
      long from,
      Deadline deadline) {
    return link(nodeId)
        .use(deadline, session -> session.collect(generation, grace, step, from, deadline));
  }

  private NodeLink link(String nodeId) {
    NodeLink link = links.to(nodeId);
    if (link == null) {
      throw new Unavailable("memory node " + nodeId + " is no member");
    }
    return link;
  }
}
