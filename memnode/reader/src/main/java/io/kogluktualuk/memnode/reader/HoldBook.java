package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which blobs are held where, how often, and until when; and in which order nodes were asked to
/// hold them and to let go of them.
///
/// Calls overtake each other: a blob may be let go of while somebody else's call that holds it is
/// under way. A node keeps what it was asked to hold last. Whoever was asked before that has to
/// ask again, which [#held] says: it remembers the last [#RELEASES_MAX] releases, and takes what
/// it has forgotten for one.
///
/// **Threading:** safe; one lock for a map operation. **Bound:** what its users hold, and
/// [#RELEASES_MAX].
final class HoldBook {

  static final int RELEASES_MAX = 4096;

  private record Place(String nodeId, Hash hash) {}

  /// One node. Guarded by the book.
  private static final class Node {
    final Map<Hash, Integer> counts = new HashMap<>();
    long untilNanos;

    /// The token under which all of it is held; another one means holding all again.
    long token;
  }

  private final Map<String, Node> nodes = new TreeMap<>();
  private final Map<Place, Long> releases = new LinkedHashMap<>();
  private long order;
  private long forgotten;

  /// The order of a call that is about to be made.
  synchronized long nextOrder() {
    return ++order;
  }

  /// A node has been asked to hold blobs, and holds them from now on, once more.
  ///
  /// @param asked the order of that call
  /// @return those that it has been, or may have been, asked to let go of since: they do not count
  synchronized Set<Hash> held(
      String nodeId, Set<Hash> hashes, long token, long untilNanos, long asked) {
    Set<Hash> stale = new HashSet<>();
    for (Hash hash : hashes) {
      if (asked < Math.max(forgotten, releases.getOrDefault(new Place(nodeId, hash), 0L))) {
        stale.add(hash);
      }
    }
    Set<Hash> counted = new HashSet<>(hashes);
    counted.removeAll(stale);
    if (!counted.isEmpty()) {
      count(nodeId, counted, token, untilNanos);
    }
    return stale;
  }

  private void count(String nodeId, Set<Hash> hashes, long token, long untilNanos) {
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

  /// Holds a blob once more at a node that holds it surely at this time.
  ///
  /// @param among which nodes count
  /// @return the node; null when none does
  synchronized @Nullable String join(Hash hash, long nowNanos, Set<String> among) {
    for (Map.Entry<String, Node> each : nodes.entrySet()) {
      Node node = each.getValue();
      boolean isSure = node.untilNanos - nowNanos > 0 && node.counts.containsKey(hash);
      if (isSure && among.contains(each.getKey())) {
        node.counts.merge(hash, 1, Integer::sum);
        return each.getKey();
      }
    }
    return null;
  }

  /// What nodes need not hold any more.
  ///
  /// @param order of the call that tells them
  /// @param byNode blobs that nobody here wants to be held there
  record Unheld(long order, Map<String, List<Hash>> byNode) {}

  /// One hold fewer of each place of each scope.
  synchronized Unheld dropped(Collection<Map<Hash, Set<String>>> scopes) {
    long now = ++order;
    Map<String, List<Hash>> unheld = new TreeMap<>();
    for (Map<Hash, Set<String>> places : scopes) {
      places.forEach((hash, ids) -> ids.forEach(id -> drop(new Place(id, hash), now, unheld)));
    }
    return new Unheld(now, unheld);
  }

  /// What a node need not hold, although it may: nobody here counts it.
  synchronized Unheld uncounted(String nodeId, Collection<Hash> hashes) {
    long now = ++order;
    Node node = nodes.get(nodeId);
    List<Hash> free = new ArrayList<>();
    for (Hash hash : hashes) {
      if (node == null || !node.counts.containsKey(hash)) {
        free.add(hash);
        remember(new Place(nodeId, hash), now);
      }
    }
    return new Unheld(now, free.isEmpty() ? Map.of() : Map.of(nodeId, free));
  }

  private void drop(Place place, long now, Map<String, List<Hash>> unheld) {
    if (dropped(place.nodeId(), place.hash())) {
      unheld.computeIfAbsent(place.nodeId(), _ -> new ArrayList<>()).add(place.hash());
      remember(place, now);
    }
  }

  private void remember(Place place, long released) {
    releases.remove(place);
    releases.put(place, released);
    if (releases.size() > RELEASES_MAX) {
      Iterator<Long> eldest = releases.values().iterator();
      forgotten = eldest.next();
      eldest.remove();
    }
  }

  /// @return whether the node need not hold it any more
  private boolean dropped(String nodeId, Hash hash) {
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
