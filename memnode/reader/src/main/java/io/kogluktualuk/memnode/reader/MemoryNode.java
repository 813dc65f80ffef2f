package io.kogluktualuk.memnode.reader;

import java.net.InetSocketAddress;

/// A memory node that is a member and believed to live.
///
/// @param id its identity, the same after every restart: what placement is computed from
/// @param address where it answers control calls
/// @param weight its share of the blobs relative to the others; with 0 it is read, and given
/// nothing
/// @param state whether it gets blobs, and when it is asked for them
public record MemoryNode(String id, InetSocketAddress address, int weight, NodeState state) {

  /// One that is in use.
  public MemoryNode(String id, InetSocketAddress address, int weight) {
    this(id, address, weight, NodeState.ACTIVE);
  }

  public MemoryNode {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("a memory node has an id");
    }
    if (weight < 0) {
      throw new IllegalArgumentException("node " + id + " has weight " + weight + ", at least 0");
    }
  }

  /// Whether blobs belong on it.
  public boolean isWritable() {
    return weight > 0 && state == NodeState.ACTIVE;
  }
}
