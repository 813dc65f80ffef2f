package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// What host functions read and write is little-endian and inside, or traps.
final class MemoryViewTest {

  private static final int PAGE = 65_536;

  private final ReferenceCells cells = new ReferenceCells(new Meter(10_000));
  private final LinearMemory bytes = new LinearMemory(1, 3);
  private final ReferenceMemory memory = new ReferenceMemory(bytes, 3, cells);
  private final MemoryView view = new MemoryView(bytes, memory::grow);

  @Test
  void readsWhatItWrites() {
    view.setInt(1, 0x01020304);
    assertEquals(4, view.getByte(1));
    assertEquals(0x01020304, view.getInt(1));
    view.setLong(PAGE - 8, Long.MIN_VALUE);
    assertEquals(Long.MIN_VALUE, view.getLong(PAGE - 8));
    view.setByte(PAGE - 1, (byte) 7);
    assertEquals(7, view.getByte(PAGE - 1));
    byte[] text = "grüße".getBytes(StandardCharsets.UTF_8);
    view.set(100, text, 0, text.length);
    assertEquals("grüße", view.getString(100, text.length));
    byte[] back = new byte[text.length + 2];
    view.get(100, back, 1, text.length);
    assertEquals(text[0], back[1]);
  }

  @Test
  void viewsAreTheGuestsBytes() {
    MemorySegment segment = view.view(PAGE - 4, 4);
    segment.set(ValueLayout.JAVA_BYTE, 3, (byte) 9);
    assertEquals(9, view.getByte(PAGE - 1));
    assertEquals(4, segment.byteSize());
    assertArrayEquals(new byte[0], view.view(PAGE, 0).toArray(ValueLayout.JAVA_BYTE));
  }

  @Test
  void trapsOutside() {
    List<Executable> outside =
        List.of(
            () -> view.getByte(PAGE),
            () -> view.getByte(-1),
            () -> view.setByte(PAGE, (byte) 0),
            () -> view.getInt(PAGE - 3),
            () -> view.setInt(-2, 0),
            () -> view.getLong(PAGE - 7),
            () -> view.setLong(Integer.MAX_VALUE, 0),
            () -> view.get(PAGE - 1, new byte[2], 0, 2),
            () -> view.set(0, new byte[1], 0, -1),
            () -> view.view(PAGE, 1),
            () -> view.getString(Integer.MIN_VALUE, 1));
    for (Executable access : outside) {
      assertEquals(TrapKind.OUT_OF_BOUNDS, assertThrows(GuestTrap.class, access).kind());
    }
    assertTrue(view.holds(0, PAGE));
    assertTrue(view.holds(PAGE, 0));
    assertFalse(view.holds(1, PAGE));
    assertFalse(view.holds(-1, 1));
    assertFalse(view.holds(0, Long.MAX_VALUE));
  }

  @Test
  void growsWithinLimitsAtTheUsualCost() {
    assertEquals(1, view.grow(1));
    assertEquals(-1, view.grow(2));
    assertEquals(2L * PAGE, view.size());
    assertEquals(0, view.getByte(2 * PAGE - 1));
    assertThrows(GuestTrap.class, () -> view.getByte(2 * PAGE));
    assertEquals(256, cells.meter().used(cells));
  }
}
