package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/// When groups of holds begin and end, in virtual time.
final class HoldGroupsTest {

  private static final long LATER = HoldGroups.LINGER_NANOS + 1;

  private final MemoryBlobs blobs = new MemoryBlobs();
  private final HoldGroups groups = new HoldGroups(blobs, Runnable::run);

  private HoldGroups.Group join(int number, long nowNanos) {
    HoldGroups.Group group = groups.join(10, nowNanos);
    blobs.put(group.scope(), MemorySegment.ofArray(new byte[] {(byte) number}));
    return group;
  }

  @Test
  void whatComesTogetherIsLetGoOfTogetherWhenTheLastIsDone() {
    HoldGroups.Group one = join(1, 0);
    assertSame(one, join(2, LATER - 1));
    HoldGroups.Group other = join(3, LATER);
    assertNotSame(one, other);
    groups.leave(one, 10);
    assertEquals(3, blobs.size());
    groups.leave(one, 10);
    assertEquals(1, blobs.size());
    assertEquals(10, groups.heldBytes());
    groups.leave(other, 10);
    assertEquals(1, blobs.size(), "somebody may still join it");
    groups.tick(2 * LATER);
    assertEquals(0, blobs.size());
    assertEquals(2, blobs.closedScopes());
  }

  @Test
  void aGroupIsFull() {
    HoldGroups.Group first = join(0, 0);
    for (int i = 1; i < HoldGroups.ENVELOPES_MAX; i++) {
      assertSame(first, join(i, 0));
    }
    assertNotSame(first, join(99, 0));
    HoldGroups.Group large = groups.join(HoldGroups.BYTES_MAX, LATER);
    assertNotSame(large, join(98, LATER));
  }

  /// A handler stores something after its stage was closed: nobody ticks any more.
  @Test
  void whoJoinsAfterTheEndIsLetGoOfWhenItLeaves() {
    HoldGroups.Group early = join(1, 0);
    groups.end();
    HoldGroups.Group late = join(2, 0);
    HoldGroups.Group later = join(3, 0);
    assertNotSame(early, late);
    assertNotSame(late, later);
    assertEquals(3, blobs.size());
    groups.leave(late, 10);
    assertEquals(2, blobs.size());
    groups.leave(early, 10);
    groups.leave(later, 10);
    assertEquals(0, blobs.size());
    assertEquals(0, groups.heldBytes());
  }
}
