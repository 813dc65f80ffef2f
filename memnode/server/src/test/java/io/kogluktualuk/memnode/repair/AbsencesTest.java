package io.kogluktualuk.memnode.repair;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.NodeState;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class AbsencesTest {

  private static final Set<String> NONE = Set.of();

  private final Absences absences = new Absences();

  private static MemoryNode node(String id, int port, NodeState state) {
    return new MemoryNode(id, InetSocketAddress.createUnresolved("h", port), 1, state);
  }

  private boolean look(int port, NodeState state, Set<String> unheard) {
    return absences.look(List.of(node("a", 1, NodeState.ACTIVE), node("b", port, state)), unheard);
  }

  @Test
  void whoWasLostOrSilentIsBackWhenItIsHeardAgain() {
    assertFalse(look(2, NodeState.LOST, NONE));
    assertFalse(look(2, NodeState.LOST, Set.of("b")));
    assertTrue(look(2, NodeState.ACTIVE, NONE));
    assertFalse(look(2, NodeState.ACTIVE, Set.of("b")));
    assertFalse(look(2, NodeState.ACTIVE, Set.of("b")));
    assertTrue(look(2, NodeState.ACTIVE, NONE));
    assertFalse(look(2, NodeState.ACTIVE, NONE));
  }

  @Test
  void whoAnswersElsewhereIsNoticedByItsAddress() {
    assertFalse(look(2, NodeState.ACTIVE, Set.of("b")));
    assertFalse(look(3, NodeState.ACTIVE, NONE));
    assertFalse(look(2, NodeState.ACTIVE, NONE));
  }

  @Test
  void whoLeftForGoodIsNotAwaited() {
    assertFalse(look(2, NodeState.LOST, NONE));
    assertFalse(absences.look(List.of(node("a", 1, NodeState.ACTIVE)), NONE));
    assertFalse(look(2, NodeState.ACTIVE, NONE));
  }
}
