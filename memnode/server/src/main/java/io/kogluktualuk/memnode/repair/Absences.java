package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.Role;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Notices when a memory node has come back: it may have lost what it had, also when it was away
/// so shortly that it never stopped being a member.
///
/// One that says another incarnation was started anew. One that was lost, or was not heard of for
/// [#UNHEARD_MILLIS], may have missed what was put meanwhile: looking once too often costs some
/// reads of indexes. That one which answers elsewhere has been started anew, [RepairPlanner] sees
/// itself.
///
/// **Threading:** one thread at a time; no clock, no I/O. **Bound:** the members.
public final class Absences {

  /// More than one missed sign of life, less than a process takes to end and to start.
  public static final long UNHEARD_MILLIS = 2500;

  /// What was seen of a node. Which incarnation came before this one matters because control nodes
  /// are asked by turns, and one that hears less may tell the former one still.
  ///
  /// @param incarnation 0 until one is told
  private record Seen(String address, boolean isAway, long incarnation, long former) {

    Seen next(Member member) {
      boolean isAwayNow =
          member.state() == MemberState.LOST || member.unheardMillis() > UNHEARD_MILLIS;
      long told = member.incarnation();
      boolean isKnown = told == 0 || told == incarnation || told == former;
      String at = isAwayNow && isAway ? address : member.info().address();
      return isKnown
          ? new Seen(at, isAwayNow, incarnation, former)
          : new Seen(at, isAwayNow, told, incarnation);
    }

    /// Whether it is back at the same place, this being what was seen before.
    boolean isBackAs(Seen next) {
      boolean isOther = incarnation != 0 && incarnation != next.incarnation;
      return address.equals(next.address) && !next.isAway && (isAway || isOther);
    }
  }

  private final Map<NodeId, Seen> seen = new HashMap<>();

  /// Looks at the members as they are now.
  ///
  /// @return whether a memory node is back at the same place since the last look
  public boolean look(List<Member> members) {
    boolean isBack = false;
    Set<NodeId> present = new HashSet<>();
    for (Member member : members) {
      if (member.info().role() == Role.MEMORY) {
        NodeId id = member.info().id();
        Seen before = seen.getOrDefault(id, new Seen(member.info().address(), false, 0, 0));
        Seen now = before.next(member);
        isBack |= before.isBackAs(now);
        seen.put(id, now);
        present.add(id);
      }
    }
    seen.keySet().retainAll(present);
    return isBack;
  }
}
