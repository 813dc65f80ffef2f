package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.CollectStep;
import io.kogluktualuk.memnode.api.MemoryCalls;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Stamps blobs as reachable at all memory nodes, because each may have a copy of each, and says
/// there when all are stamped.
///
/// **Threading:** one thread.
public final class Pins {

  private final NodeBlobs nodes;
  private final Duration callTimeout;
  private final Set<Hash> pinned = new HashSet<>();
  private final Map<String, FabricException> failures = new TreeMap<>();

  /// @param callTimeout for a batch
  public Pins(NodeBlobs nodes, Duration callTimeout) {
    this.nodes = nodes;
    this.callTimeout = callTimeout;
  }

  /// Tells nodes that a generation has begun.
  ///
  /// @throws Conflict when a later one has
  public void begin(List<MemoryNode> at, long generation) {
    for (MemoryNode node : at) {
      tryAt(node.id(), () -> stamp(node.id(), generation, List.of()));
    }
  }

  /// Stamps what the nodes have of some blobs. A node that fails once is left alone. When there
  /// are none, no node is told: without blobs the call would say that the generation begins, and
  /// a node that has started again since it did would take what was put since for older.
  ///
  /// @throws Conflict when a later generation has begun
  public void stamp(List<MemoryNode> at, long generation, List<Hash> hashes) {
    for (MemoryNode node : at) {
      if (!failures.containsKey(node.id())) {
        tryAt(node.id(), () -> stampAll(node.id(), generation, hashes));
      }
    }
  }

  /// Tells nodes that all is stamped. A node that fails is left alone from then on.
  ///
  /// @throws Conflict when a later generation has begun
  public void condemn(List<MemoryNode> at, long generation, Duration grace) {
    for (MemoryNode node : at) {
      if (!failures.containsKey(node.id())) {
        tryAt(
            node.id(),
            () ->
                nodes.collect(
                    node.id(),
                    generation,
                    grace,
                    CollectStep.CONDEMN,
                    0,
                    Deadline.after(callTimeout)));
      }
    }
  }

  private void stampAll(String node, long generation, List<Hash> hashes) {
    for (int from = 0; from < hashes.size(); from += MemoryCalls.ITEMS_MAX) {
      int to = Math.min(hashes.size(), from + MemoryCalls.ITEMS_MAX);
      stamp(node, generation, hashes.subList(from, to));
    }
  }

  private void stamp(String node, long generation, List<Hash> hashes) {
    pinned.addAll(nodes.pin(node, generation, hashes, Deadline.after(callTimeout)));
  }

  private void tryAt(String node, Runnable calls) {
    try {
      calls.run();
    } catch (Conflict e) {
      throw e;
    } catch (FabricException e) {
      failures.put(node, e);
    }
  }

  /// The blobs that some node has stamped.
  public Set<Hash> pinned() {
    return pinned;
  }

  /// The nodes that have not stamped all that they may have, and why.
  public Map<String, FabricException> failures() {
    return failures;
  }
}
