package io.kogluktualuk.rdma.software;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RegionKeysTest {

  private final RegionKeys keys = new RegionKeys();

  @Test
  void aKeyDoesNotTellTheNextOne() throws IOException {
    int neighbours = 0;
    int before = RegionKeys.slot(keys.draw());
    for (int i = 0; i < 1000; i++) {
      int slot = RegionKeys.slot(keys.draw());
      neighbours += Math.abs(slot - before) < 16 ? 1 : 0;
      before = slot;
    }
    // 31 of 65,535 slots are that near: a half is expected in a thousand draws.
    assertTrue(neighbours < 20, neighbours + " of 1000 keys are near the one before");
  }

  @Test
  void everySlotIsUsedOnceAndAWithdrawnKeyIsNotTheNextOfItsSlot() throws IOException {
    Set<Integer> slots = new HashSet<>();
    int last = 0;
    for (int i = 1; i < RegionKeys.SLOTS_MAX; i++) {
      last = keys.draw();
      assertTrue(slots.add(RegionKeys.slot(last)), "slot twice: " + last);
    }
    assertFalse(slots.contains(0));
    assertThrows(IOException.class, keys::draw);
    keys.giveBack(last);
    int next = keys.draw();
    assertEquals(RegionKeys.slot(last), RegionKeys.slot(next), "the only free slot");
    assertNotEquals(last, next);
  }
}
