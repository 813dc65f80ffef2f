package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.NodeState;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Notices when a memory node has come back: it may have lost what it had, also when it was away
/// so shortly that it never stopped being a member.
///
/// One that was lost, or was not heard of for [#UNHEARD_MILLIS], may have been started anew:
/// looking once too often costs some reads of indexes. That one which answers elsewhere has been
/// started anew, [RepairPlanner] sees itself.
///
/// **Threading:** one thread at a time; no clock, no I/O. **Bound:** the members.
public final class Absences {

  /// More than one missed sign of life, less than a process takes to end and to start.
  public static final long UNHEARD_MILLIS = 2500;

  /// Who is away, and where it answered when it went.
  private final Map<String, InetSocketAddress> away = new HashMap<>();

  /// Looks at the members as they are now.
  ///
  /// @param unheard those that have been silent for [#UNHEARD_MILLIS]
  /// @return whether one of them is back at the same place since the last look
  public boolean look(List<MemoryNode> members, Set<String> unheard) {
    boolean isBack = false;
    for (MemoryNode node : members) {
      if (node.state() == NodeState.LOST || unheard.contains(node.id())) {
        away.putIfAbsent(node.id(), node.address());
      } else {
        isBack |= node.address().equals(away.remove(node.id()));
      }
    }
    away.keySet().retainAll(members.stream().map(MemoryNode::id).toList());
    return isBack;
  }
}
