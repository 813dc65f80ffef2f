package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.Role;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

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

  /// The memory nodes among some members, as all have agreed that they are.
  public static List<MemoryNode> among(Collection<Member> members) {
    return memoryNodes(members).map(member -> of(member, agreed(member))).toList();
  }

  /// The memory nodes among some members, as the control node sees them that has told of them.
  public static List<MemoryNode> seenAmong(Collection<Member> members) {
    return memoryNodes(members).map(member -> of(member, seen(member))).toList();
  }

  private static Stream<Member> memoryNodes(Collection<Member> members) {
    return members.stream().filter(member -> member.info().role() == Role.MEMORY);
  }

  private static NodeState agreed(Member member) {
    return switch (member.state()) {
      case ACTIVE -> NodeState.ACTIVE;
      case DRAINING -> NodeState.DRAINING;
      case LOST -> NodeState.LOST;
    };
  }

  private static NodeState seen(Member member) {
    NodeState agreed = agreed(member);
    return agreed == NodeState.ACTIVE && member.isSilent() ? NodeState.SILENT : agreed;
  }

  private static MemoryNode of(Member member, NodeState state) {
    MemberInfo info = member.info();
    int colon = info.address().lastIndexOf(':');
    InetSocketAddress address =
        new InetSocketAddress(
            info.address().substring(0, colon),
            Integer.parseInt(info.address().substring(colon + 1)));
    return new MemoryNode(info.id().toString(), address, info.weight(), state);
  }

  /// Whether blobs belong on it.
  public boolean isWritable() {
    return weight > 0 && (state == NodeState.ACTIVE || state == NodeState.SILENT);
  }
}
