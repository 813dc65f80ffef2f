package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.LeaseTerms;
import io.kogluktualuk.memnode.api.MemoryCalls;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Holds at the memory nodes of a fabric, in calls of as many blobs as fit.
///
/// **Threading:** any thread.
final class LinkedHolds implements HoldPort {

  private final NodeLinks links;
  private final LocationCache locations;
  private final Account account;

  /// @param account pays for what is held
  LinkedHolds(NodeLinks links, LocationCache locations, Account account) {
    this.links = links;
    this.locations = locations;
    this.account = account;
  }

  @Override
  public List<String> candidates(Hash hash) {
    List<String> ids = new ArrayList<>();
    LocationCache.Known known = locations.get(hash);
    if (known != null && links.to(known.nodeId()) != null) {
      ids.add(known.nodeId());
    }
    for (NodeLink link : links.order(hash)) {
      if (!ids.contains(link.node().id())) {
        ids.add(link.node().id());
      }
    }
    return ids;
  }

  @Override
  public Set<String> living() {
    return links.all().stream()
        .map(NodeLink::node)
        .filter(node -> node.state() != NodeState.LOST)
        .map(MemoryNode::id)
        .collect(Collectors.toSet());
  }

  @Override
  public Set<Hash> hold(String nodeId, LeaseTerms lease, List<Hash> hashes, Deadline deadline) {
    Set<Hash> absent = new HashSet<>();
    int from = 0;
    do {
      List<Hash> batch =
          hashes.subList(from, Math.min(hashes.size(), from + MemoryCalls.ITEMS_MAX));
      link(nodeId)
          .use(deadline, session -> session.hold(lease, account, batch, deadline))
          .absent()
          .forEach(
              position -> {
                if (position < batch.size()) {
                  absent.add(batch.get(position));
                }
              });
      from += batch.size();
    } while (from < hashes.size());
    return absent;
  }

  @Override
  public void release(
      String nodeId, LeaseProof proof, long order, List<Hash> hashes, Deadline deadline) {
    for (int from = 0; from < hashes.size(); from += MemoryCalls.ITEMS_MAX) {
      List<Hash> batch =
          hashes.subList(from, Math.min(hashes.size(), from + MemoryCalls.ITEMS_MAX));
      link(nodeId).use(deadline, session -> session.release(proof, order, batch, deadline));
    }
  }

  private NodeLink link(String nodeId) {
    NodeLink link = links.to(nodeId);
    if (link == null) {
      throw new Unavailable("memory node " + nodeId + " is no member");
    }
    return link;
  }
}
