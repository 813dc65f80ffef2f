package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.NodeState;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Notices when a memory node has come back: it may have lost what it had, also when it was away so
/// shortly that it never stopped being a member.
///
/// A node that answers elsewhere has been started anew. One that was lost, or was not heard of for
/// [#UNHEARD_MILLIS], may have been: looking once too often costs some reads of its index.
///
/// **Threading:** one thread at a time; no clock, no I/O. **Bound:** the members.
public final class Absences {

  /// More than one missed sign of life, less than a process takes to end and to start.
  public static final long UNHEARD_MILLIS = 2500;

  private final Map<String, InetSocketAddress> addresses = new HashMap<>();
  private final Map<String, Boolean> away = new HashMap<>();

  /// Looks at the members as they are now.
  ///
  /// @param unheard those that have been silent for [#UNHEARD_MILLIS]
  /// @return whether one of them has come back since the last look
  public boolean look(List<MemoryNode> members, Set<String> unheard) {
    boolean isBack = false;
    for (MemoryNode node : members) {
      boolean isAway = node.state() == NodeState.LOST || unheard.contains(node.id());
      InetSocketAddress before = addresses.put(node.id(), node.address());
      boolean hasMoved = before != null && !before.equals(node.address());
      boolean wasAway = Boolean.TRUE.equals(away.put(node.id(), isAway));
      isBack |= !isAway && (hasMoved || wasAway);
    }
    List<String> ids = members.stream().map(MemoryNode::id).toList();
    addresses.keySet().retainAll(ids);
    away.keySet().retainAll(ids);
    return isBack;
  }
}
