package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;

/// Where blobs belong and where they may be found, for one set of members: the same for everybody
/// who knows the same members.
///
/// **Threading:** immutable.
public final class Placement {

  private final Rendezvous rendezvous;

  private Placement(Rendezvous rendezvous) {
    this.rendezvous = rendezvous;
  }

  public static Placement of(List<MemoryNode> nodes) {
    return new Placement(new Rendezvous(nodes));
  }

  public List<MemoryNode> nodes() {
    return rendezvous.nodes();
  }

  /// The nodes that a blob belongs on, the best first.
  ///
  /// @return fewer than `replicas` when fewer nodes take blobs
  public List<String> intended(Hash hash, int replicas) {
    List<String> ids = new ArrayList<>(replicas);
    for (MemoryNode node : rendezvous.order(hash)) {
      if (node.isWritable() && ids.size() < replicas) {
        ids.add(node.id());
      }
    }
    return ids;
  }

  /// All nodes that live, those that the blob belongs on most first.
  public List<String> living(Hash hash) {
    List<String> ids = new ArrayList<>();
    for (MemoryNode node : rendezvous.order(hash)) {
      if (node.state() != NodeState.LOST) {
        ids.add(node.id());
      }
    }
    return ids;
  }
}
