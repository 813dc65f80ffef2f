package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.MemoryCalls;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// One put: every blob on as many nodes as asked for, the best in its rendezvous order that take
/// it.
///
/// In rounds: each blob goes to its next nodes, all nodes work in parallel; blobs that a node did
/// not take go to the next node in the next round. Ends when all blobs are placed or the nodes
/// are used up. A blob that is on at least one node then is stored, with fewer replicas than
/// asked for: it is counted, and a node that has it is told, so that repair looks after it. One
/// that is on none, or whose nodes cannot be told, fails the put.
///
/// **Threading:** [#run] one thread; reports come from several.
final class ReplicatedPut implements BlobWriter.Report {

  private final BlobWriter writer;
  private final PutPolicy policy;
  private final PutTerms terms;
  private final Tally tally;
  private final Holder holder;
  private final Map<Hash, Placement> placements = new LinkedHashMap<>();

  /// Who has stored something that may not be on a device yet, and by which connection.
  private final Map<NodeLink, Session> written = new ConcurrentHashMap<>();

  /// Counts what the put has held.
  interface Holder {

    /// Nothing is held.
    Holder NONE =
        new Holder() {
          @Override
          public void stored(String nodeId, Hash hash) {
            // and so nothing is counted
          }

          @Override
          public void unanswered(String nodeId, List<Hash> hashes) {
            // and so nothing is in doubt
          }
        };

    /// A node has it.
    void stored(String nodeId, Hash hash);

    /// A node has not said what became of these.
    void unanswered(String nodeId, List<Hash> hashes);
  }

  /// How far one blob is. Guarded by itself.
  private static final class Placement {
    private final Blob blob;
    private final List<NodeLink> order;
    private final int known;
    private int next;
    private final Set<NodeLink> placed = new LinkedHashSet<>();
    private @Nullable FabricException failure;

    /// @param known all nodes, those included that take nothing now
    Placement(Blob blob, List<NodeLink> known) {
      this.blob = blob;
      this.known = known.size();
      this.order = known.stream().filter(link -> link.node().isWritable()).toList();
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

    /// Whether it is on fewer nodes than asked for, of as many as there are.
    synchronized boolean isScarce(int replicas) {
      return !placed.isEmpty() && placed.size() < Math.min(replicas, known);
    }

    synchronized NodeLink first() {
      return placed.iterator().next();
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
      Holder holder) {
    this.writer = writer;
    this.policy = policy;
    this.terms = terms;
    this.tally = tally;
    this.holder = holder;
    for (Blob blob : blobs) {
      placements.computeIfAbsent(blob.hash(), hash -> new Placement(blob, links.order(hash)));
    }
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
    tellOfScarce(deadline);
    placements.values().forEach(this::conclude);
  }

  /// Who repairs would not look at these before members change: perhaps only this session has seen
  /// a node missing.
  private void tellOfScarce(Deadline deadline) {
    Map<NodeLink, List<Placement>> scarce = new LinkedHashMap<>();
    for (Placement placement : placements.values()) {
      if (placement.isScarce(policy.replicas())) {
        scarce.computeIfAbsent(placement.first(), _ -> new ArrayList<>()).add(placement);
      }
    }
    scarce.forEach((link, some) -> tellOfScarce(link, some, deadline));
  }

  private static void tellOfScarce(NodeLink link, List<Placement> scarce, Deadline deadline) {
    for (int from = 0; from < scarce.size(); from += MemoryCalls.ITEMS_MAX) {
      List<Placement> part =
          scarce.subList(from, Math.min(scarce.size(), from + MemoryCalls.ITEMS_MAX));
      List<Hash> hashes = part.stream().map(placement -> placement.blob.hash()).toList();
      try {
        link.use(deadline, session -> session.scarce(hashes, deadline));
      } catch (Refused _) {
        return; // a node of before, in the middle of an upgrade
      } catch (FabricException e) {
        part.forEach(placement -> placement.unplaced(link, e));
      }
    }
  }

  /// Waits for the devices of all nodes that have stored something. A node that does not confirm
  /// by the connection by which it stored may have stopped in between: then it does not count.
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
    if (placement.isScarce(policy.replicas())) {
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
    holder.stored(link.node().id(), blob.hash());
  }

  private boolean noteWritten(NodeLink link) {
    Session connection = link.connection();
    if (connection != null) {
      written.put(link, connection);
    }
    return connection != null;
  }

  @Override
  public void unanswered(NodeLink link, List<Blob> blobs) {
    holder.unanswered(link.node().id(), blobs.stream().map(Blob::hash).toList());
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
