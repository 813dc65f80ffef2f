package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// One put: every blob on as many nodes as asked for, the best in its rendezvous order that take
/// it.
///
/// In rounds: each blob goes to its next nodes, all nodes work in parallel; blobs that a node did
/// not take go to the next node in the next round. Ends when all blobs are placed or the nodes are
/// used up. A blob that is on at least one node then is stored, with fewer replicas than asked for
/// (counted); one that is on none fails the put.
///
/// **Threading:** [#run] one thread; reports come from several.
final class ReplicatedPut implements BlobWriter.Report {

  private final NodeLinks links;
  private final BlobWriter writer;
  private final PutPolicy policy;
  private final PutTerms terms;
  private final Tally tally;
  private final BiConsumer<String, Hash> stored;
  private final Map<Hash, Placement> placements = new LinkedHashMap<>();

  /// Who has stored something that may not be on a device yet, and by which connection.
  private final Map<NodeLink, Session> written = new ConcurrentHashMap<>();

  /// How far one blob is. Guarded by itself.
  private static final class Placement {
    private final Blob blob;
    private final List<NodeLink> order;
    private int next;
    private final Set<NodeLink> placed = new HashSet<>();
    private @Nullable FabricException failure;

    Placement(Blob blob, List<NodeLink> order) {
      this.blob = blob;
      this.order = order;
    }

    /// The nodes to try next.
    synchronized List<NodeLink> candidates(int replicas) {
      List<NodeLink> candidates = new ArrayList<>();
      while (placed.size() + candidates.size() < replicas && next < order.size()) {
        candidates.add(order.get(next++));
      }
      return candidates;
    }

    synchronized void stored(NodeLink link) {
      placed.add(link);
    }

    synchronized void unplaced(NodeLink link, FabricException reason) {
      if (placed.remove(link)) {
        failed(reason);
      }
    }

    synchronized void failed(FabricException reason) {
      if (failure == null) {
        failure = reason;
      }
    }
  }

  ReplicatedPut(
      NodeLinks links,
      BlobWriter writer,
      PutPolicy policy,
      PutTerms terms,
      Tally tally,
      Collection<Blob> blobs,
      BiConsumer<String, Hash> stored) {
    this.links = links;
    this.writer = writer;
    this.policy = policy;
    this.terms = terms;
    this.tally = tally;
    this.stored = stored;
    for (Blob blob : blobs) {
      placements.computeIfAbsent(blob.hash(), hash -> new Placement(blob, writableOrder(hash)));
    }
  }

  private List<NodeLink> writableOrder(Hash hash) {
    return links.order(hash).stream().filter(link -> link.node().isWritable()).toList();
  }

  void run(Deadline deadline) {
    Map<NodeLink, List<Blob>> round = nextRound();
    while (!round.isEmpty()) {
      List<Runnable> tasks = new ArrayList<>();
      round.forEach(
          (link, blobs) -> tasks.add(() -> writer.put(link, blobs, terms, this, deadline)));
      Parallel.run(tasks);
      if (policy.isDurable()) {
        makeDurable(deadline);
      }
      round = nextRound();
    }
    placements.values().forEach(this::conclude);
  }

  /// Waits for the devices of all nodes that have stored something. A node that does not confirm by
  /// the connection by which it stored may have stopped in between: then it does not count.
  private void makeDurable(Deadline deadline) {
    List<Runnable> tasks = new ArrayList<>();
    written.forEach((link, connection) -> tasks.add(() -> makeDurable(link, connection, deadline)));
    written.clear();
    if (!tasks.isEmpty()) {
      Parallel.run(tasks);
    }
  }

  private void makeDurable(NodeLink link, Session connection, Deadline deadline) {
    try {
      connection.sync(deadline);
    } catch (FabricException e) {
      placements.values().forEach(placement -> placement.unplaced(link, e));
    }
  }

  private Map<NodeLink, List<Blob>> nextRound() {
    Map<NodeLink, List<Blob>> round = new LinkedHashMap<>();
    for (Placement placement : placements.values()) {
      for (NodeLink link : placement.candidates(policy.replicas())) {
        round.computeIfAbsent(link, _ -> new ArrayList<>()).add(placement.blob);
      }
    }
    return round;
  }

  private void conclude(Placement placement) {
    FabricException failure = placement.failure;
    if (placement.placed.isEmpty()) {
      throw failure != null
          ? FabricException.ofTag(
              failure.tag(), placement.blob + " could not be put: " + failure.getMessage())
          : new Unavailable(placement.blob + " could not be put: there is no memory node");
    }
    if (placement.placed.size() < Math.min(policy.replicas(), placement.order.size())) {
      tally.underReplicated.increment();
    }
  }

  @Override
  public void stored(NodeLink link, Blob blob) {
    if (policy.isDurable() && !noteWritten(link)) {
      failed(blob, new Unavailable("the connection to " + link.node().id() + " is lost"));
      return;
    }
    placement(blob).stored(link);
    stored.accept(link.node().id(), blob.hash());
  }

  private boolean noteWritten(NodeLink link) {
    Session connection = link.connection();
    if (connection != null) {
      written.put(link, connection);
    }
    return connection != null;
  }

  @Override
  public void failed(Blob blob, FabricException reason) {
    placement(blob).failed(reason);
  }

  private Placement placement(Blob blob) {
    Placement placement = placements.get(blob.hash());
    if (placement == null) {
      throw new IllegalStateException(blob + " was not asked for");
    }
    return placement;
  }
}
