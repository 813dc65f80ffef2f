package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A link for every member, in rendezvous order on demand.
///
/// **Threading:** any thread. **Ownership:** owns the links.
final class NodeLinks implements AutoCloseable {

  private final Membership membership;
  private final ReaderSettings settings;
  private final Tally tally;
  private final Object lock = new Object();
  private volatile Current current;
  private boolean closed;

  /// The links that belong to one answer of the membership.
  private record Current(Rendezvous rendezvous, Map<String, NodeLink> byId) {}

  NodeLinks(Membership membership, ReaderSettings settings, Tally tally) {
    this.membership = membership;
    this.settings = settings;
    this.tally = tally;
    this.current = new Current(new Rendezvous(List.of()), Map.of());
  }

  /// All links, those of the nodes that the blob belongs on most first, those of silent nodes after
  /// them, those of lost nodes last.
  List<NodeLink> order(Hash hash) {
    Current now = current();
    List<MemoryNode> nodes = now.rendezvous().order(hash);
    List<NodeLink> links = new ArrayList<>(nodes.size());
    List<NodeLink> silent = new ArrayList<>();
    List<NodeLink> lost = new ArrayList<>();
    for (MemoryNode node : nodes) {
      NodeLink link = now.byId().get(node.id());
      if (link != null) {
        List<NodeLink> group =
            switch (node.state()) {
              case ACTIVE, DRAINING -> links;
              case SILENT -> silent;
              case LOST -> lost;
            };
        group.add(link);
      }
    }
    links.addAll(silent);
    links.addAll(lost);
    return links;
  }

  /// The links to all nodes.
  Collection<NodeLink> all() {
    return current().byId().values();
  }

  /// The link to a node, or null when it is no member.
  @Nullable NodeLink to(String nodeId) {
    return current().byId().get(nodeId);
  }

  private Current current() {
    Rendezvous rendezvous = membership.current();
    Current now = current;
    return now.rendezvous() == rendezvous ? now : change(rendezvous);
  }

  private Current change(Rendezvous rendezvous) {
    List<NodeLink> gone = new ArrayList<>();
    Current changed;
    synchronized (lock) {
      if (closed) {
        throw new AlreadyClosed("the blob store is closed");
      }
      Map<String, NodeLink> before = current.byId();
      Map<String, NodeLink> after = new HashMap<>();
      Set<NodeLink> kept = new HashSet<>();
      for (MemoryNode node : rendezvous.nodes()) {
        NodeLink link = before.get(node.id());
        if (link == null || !link.node().address().equals(node.address())) {
          link = new NodeLink(node, settings, tally);
        }
        link.became(node);
        kept.add(link);
        after.put(node.id(), link);
      }
      before.values().stream().filter(link -> !kept.contains(link)).forEach(gone::add);
      changed = new Current(rendezvous, Map.copyOf(after));
      current = changed;
    }
    gone.forEach(NodeLink::close);
    return changed;
  }

  @Override
  public void close() {
    Current last;
    synchronized (lock) {
      closed = true;
      last = current;
      current = new Current(new Rendezvous(List.of()), Map.of());
    }
    last.byId().values().forEach(NodeLink::close);
  }
}
