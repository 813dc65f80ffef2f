package io.kogluktualuk.memnode.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.memnode.api.WriteWindow;
import io.kogluktualuk.rdma.transport.memory.RemoteRegion;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StandingWindowTest {

  private final StandingWindow standing =
      new StandingWindow(new WriteWindow(1, new RemoteRegion(0, 64 << 10, 7)), 100);

  @Test
  void lendsEachCellOnceAtATime() {
    Set<Integer> offsets = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      assertTrue(offsets.add(standing.acquire()));
    }
    assertEquals(Set.of(0, 16 << 10, 32 << 10, 48 << 10), offsets);
    assertTrue(standing.acquire() < 0, "all are in use");
    standing.release(32 << 10);
    assertEquals(32 << 10, standing.acquire());
  }

  @Test
  void hasItsTime() {
    assertFalse(standing.isOver(99));
    assertTrue(standing.isOver(100));
  }
}
