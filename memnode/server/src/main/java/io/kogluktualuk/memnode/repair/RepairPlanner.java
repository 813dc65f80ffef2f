package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.NodeState;
import io.kogluktualuk.memnode.reader.Placement;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Decides what one node does for each blob that it has, when members come, go or leave.
///
/// A blob belongs on the first R active nodes of its rendezvous order. Among the nodes that
/// have it, the first that lives in that order is responsible: it copies the blob to where it
/// is missing. So exactly one node copies, without anybody deciding who; when two have
/// different views for a moment, both do, and the second copy finds the blob there. A node on
/// which a blob does not belong keeps it until all R places have been seen to have it, and then
/// gives it up.
///
/// Rejected: a leader that assigns copies (it would have to know every blob), and comparing Merkle
/// trees of ranges as Dynamo does (rendezvous hashing has no ranges; looking at indexes is
/// one-sided, so the peers pay nothing for it).
///
/// **Threading:** immutable; no clock, no I/O.
///
/// **Invariant:** it never lets go of a copy unless R others, or all active nodes, have been
/// seen to have one.
public final class RepairPlanner {

  private final String self;
  private final int replicas;
  private final Placement now;
  private final @Nullable Placement before;
  private final boolean isDraining;

  /// Nodes that have been started again since `before`, as far as that shows.
  private final Set<String> restarted;

  /// @param replicas how many copies a source has
  /// @param before an earlier set of members for which everything was in order; null when
  ///     nothing is known to be
  public RepairPlanner(String self, int replicas, Placement now, @Nullable Placement before) {
    this.self = self;
    this.replicas = replicas;
    this.now = now;
    this.before = before;
    this.restarted = before == null ? Set.of() : restarted(before.nodes(), now.nodes());
    this.isDraining =
        now.nodes().stream()
            .anyMatch(node -> node.id().equals(self) && node.state() == NodeState.DRAINING);
  }

  /// A node that answers at another port is another process: its disk may have lost something.
  private static Set<String> restarted(List<MemoryNode> before, List<MemoryNode> now) {
    Map<String, InetSocketAddress> addresses = new HashMap<>();
    before.forEach(node -> addresses.put(node.id(), node.address()));
    return now.stream()
        .filter(node -> !node.address().equals(addresses.getOrDefault(node.id(), node.address())))
        .map(MemoryNode::id)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// What to do about one blob.
  ///
  /// @param targets where to copy it
  /// @param isSurplus whether this copy may go
  /// @param missing how many copies there are too few, those that `targets` will add included
  /// @param fate where it is
  public record Plan(List<String> targets, boolean isSurplus, int missing, Fate fate) {

    /// Whether nothing has to be looked at again while the members stay the same.
    boolean isFinished() {
      return fate != Fate.ON_ITS_WAY;
    }

    /// Whether this node could leave without loss.
    boolean isSafe() {
      return fate == Fate.ELSEWHERE;
    }
  }

  /// Where a blob is.
  public enum Fate {
    /// It belongs here.
    HERE,
    /// It does not belong here, and is not yet on all nodes on which it does.
    ON_ITS_WAY,
    /// It does not belong here, and is where it does.
    ELSEWHERE
  }

  private int copies(LocalBlob blob) {
    return blob.isSource() ? replicas : 1;
  }

  /// Whether the blob has to be looked after at all: derived ones that nobody needs stay where
  /// they are, until their node leaves.
  public boolean concerns(LocalBlob blob) {
    boolean isCaredFor = blob.isSource() || blob.isPinned() || isDraining;
    return isCaredFor && (before == null || hasMoved(blob, before));
  }

  private boolean hasMoved(LocalBlob blob, Placement earlier) {
    int copies = copies(blob);
    List<String> intended = now.intended(blob.hash(), copies);
    return !intended.equals(earlier.intended(blob.hash(), copies))
        || intended.stream().anyMatch(restarted::contains);
  }

  /// The nodes whose indexes have to be looked at before [#plan]: where the blob belongs, and who
  /// would be responsible instead of this node.
  public Set<String> toAsk(LocalBlob blob) {
    Set<String> ask = new LinkedHashSet<>(now.intended(blob.hash(), copies(blob)));
    for (String id : now.living(blob.hash())) {
      if (id.equals(self)) {
        break;
      }
      ask.add(id);
    }
    ask.remove(self);
    return ask;
  }

  /// @param having those of [#toAsk] that have the blob
  /// @param silent those of them that could not be asked
  public Plan plan(LocalBlob blob, Set<String> having, Set<String> silent) {
    Hash hash = blob.hash();
    List<String> intended = now.intended(hash, copies(blob));
    List<String> absent = new ArrayList<>(intended);
    absent.remove(self);
    absent.removeAll(having);
    int missing = absent.size();
    boolean isResponsible = isResponsible(hash, having);
    absent.removeAll(silent);
    Fate fate = Fate.HERE;
    if (!intended.contains(self)) {
      fate = missing == 0 && !intended.isEmpty() ? Fate.ELSEWHERE : Fate.ON_ITS_WAY;
    }
    return new Plan(
        isResponsible ? List.copyOf(absent) : List.of(),
        fate == Fate.ELSEWHERE && blob.isSource(),
        isResponsible ? missing : 0,
        fate);
  }

  private boolean isResponsible(Hash hash, Set<String> having) {
    for (String id : now.living(hash)) {
      if (id.equals(self)) {
        return true;
      }
      if (having.contains(id)) {
        return false;
      }
    }
    return true; // the others think this node lost; it knows better
  }

  String self() {
    return self;
  }

  boolean isDraining() {
    return isDraining;
  }

  /// Whether this node is where nobody else is.
  boolean isAlone() {
    return now.nodes().stream().map(MemoryNode::id).allMatch(self::equals);
  }
}
