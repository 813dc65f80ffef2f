package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which blobs are held where, how often, and until when.
///
/// **Threading:** safe; one lock for a map operation.
/// **Bound:** what its users hold.
final class HoldBook {

  /// One node. Guarded by the book.
  private static final class Node {
    final Map<Hash, Integer> counts = new HashMap<>();
    long untilNanos;

    /// The token under which all of it is held; another one means holding all again.
    long token;
  }

  private final Map<String, Node> nodes = new TreeMap<>();

  /// A node holds blobs from now on, as far as it had them.
  synchronized void held(String nodeId, Set<Hash> hashes, long token, long untilNanos) {
    Node node = nodes.get(nodeId);
    if (node == null) {
      node = new Node();
      node.untilNanos = untilNanos;
      node.token = token;
      nodes.put(nodeId, node);
    }
    for (Hash hash : hashes) {
      node.counts.merge(hash, 1, Integer::sum);
    }
  }

  /// All that a node holds lasts until then.
  synchronized void extended(String nodeId, long token, long untilNanos) {
    Node node = nodes.get(nodeId);
    if (node != null) {
      node.untilNanos = untilNanos;
      node.token = token;
    }
  }

  /// The node that holds a blob surely at this time; null when none does.
  ///
  /// @param among which nodes count
  synchronized @Nullable String holder(Hash hash, long nowNanos, Set<String> among) {
    for (Map.Entry<String, Node> each : nodes.entrySet()) {
      Node node = each.getValue();
      boolean isSure = node.untilNanos - nowNanos > 0 && node.counts.containsKey(hash);
      if (isSure && among.contains(each.getKey())) {
        return each.getKey();
      }
    }
    return null;
  }

  /// One hold fewer.
  ///
  /// @return whether the node need not hold it any more
  synchronized boolean dropped(String nodeId, Hash hash) {
    Node node = nodes.get(nodeId);
    Integer left = node == null ? null : node.counts.get(hash);
    if (node == null || left == null) {
      return false;
    }
    if (left > 1) {
      node.counts.put(hash, left - 1);
      return false;
    }
    node.counts.remove(hash);
    if (node.counts.isEmpty()) {
      nodes.remove(nodeId);
    }
    return true;
  }

  /// The node does not have it, however often it was held.
  synchronized void lost(String nodeId, Hash hash) {
    Node node = nodes.get(nodeId);
    if (node != null) {
      node.counts.remove(hash);
      if (node.counts.isEmpty()) {
        nodes.remove(nodeId);
      }
    }
  }

  synchronized List<String> nodeIds() {
    return List.copyOf(nodes.keySet());
  }

  /// What a node must be told again under this token: everything after a lapse, else nothing.
  synchronized List<Hash> toHoldAgain(String nodeId, long token, long nowNanos) {
    Node node = nodes.get(nodeId);
    if (node == null || (node.token == token && node.untilNanos - nowNanos > 0)) {
      return List.of();
    }
    return new ArrayList<>(node.counts.keySet());
  }

  /// What a node holds surely at this time.
  synchronized Set<Hash> promised(String nodeId, long nowNanos) {
    Node node = nodes.get(nodeId);
    return node == null || node.untilNanos - nowNanos <= 0
        ? Set.of()
        : Set.copyOf(node.counts.keySet());
  }

  synchronized boolean isEmpty() {
    return nodes.isEmpty();
  }

  synchronized int size() {
    return nodes.values().stream().mapToInt(node -> node.counts.size()).sum();
  }
}
