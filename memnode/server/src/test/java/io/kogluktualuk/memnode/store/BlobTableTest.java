package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BlobTableTest {

  private record Row(BlobRecord record, int holds, int uses, int policy, int generation) {}

  @Test
  void theFieldsTileTheRecord() {
    assertEquals(0, BlobTable.SLOT_OFFSET);
    assertEquals(4, BlobTable.LENGTH_OFFSET);
    assertEquals(8, BlobTable.MEMORY_OFFSET);
    assertEquals(16, BlobTable.FILE_OFFSET);
    assertEquals(24, BlobTable.SEALED_OFFSET);
    assertEquals(28, BlobTable.PINNED_OFFSET);
    assertEquals(32, BlobTable.ACCOUNT_OFFSET);
    assertEquals(34, BlobTable.HOLDS_OFFSET);
    assertEquals(36, BlobTable.CLASS_OFFSET);
    assertEquals(37, BlobTable.COST_OFFSET);
    assertEquals(38, BlobTable.USES_OFFSET);
    assertEquals(39, BlobTable.STATE_OFFSET);
    assertEquals(40, BlobTable.RECORD_OFFSET);
    assertEquals(44, BlobTable.POLICY_OFFSET);
    assertEquals(48, BlobTable.BYTES);
  }

  @Test
  void ordinalsAreStableAndReused() {
    Seeds.run(BlobTableTest.class, 50, BlobTableTest::compareWithModel);
  }

  private static void compareWithModel(RandomGenerator random) {
    int capacity = random.nextInt(1, 60);
    BlobTable table = new BlobTable(Arena.ofAuto().allocate(capacity * 48L, 8), capacity);
    Map<Integer, Row> model = new HashMap<>();
    for (int step = 0; step < 500; step++) {
      if (random.nextInt(5) < 3) {
        int ordinal = table.take(random.nextLong(1L << 32));
        if (model.size() == capacity) {
          assertEquals(BlobTable.NONE, ordinal);
        } else {
          assertFalse(model.containsKey(ordinal), "taken twice");
          assertFalse(table.isPresent(ordinal), "a claim is not yet there");
          model.put(ordinal, fill(table, ordinal, random));
        }
      } else if (!model.isEmpty()) {
        int ordinal = model.keySet().iterator().next();
        model.remove(ordinal);
        table.giveBack(ordinal);
        assertFalse(table.isPresent(ordinal));
      }
      model.forEach((ordinal, row) -> assertEquals(row, read(table, ordinal)));
    }
  }

  private static Row fill(BlobTable table, int ordinal, RandomGenerator random) {
    BlobLocation location =
        new BlobLocation(
            random.nextInt(1024), 64L * random.nextInt(1 << 23), random.nextInt(4 << 20));
    Keep keep = new Keep(random.nextInt(2), random.nextInt(256), random.nextInt(1 << 16));
    BlobRecord record =
        BlobRecord.sealed(Hash.of(new byte[0]), location, random.nextLong(1L << 32), keep);
    Row row = new Row(record, random.nextInt(0x10000), random.nextInt(256), random.nextInt(), 1);
    table.fill(ordinal, record);
    table.setHolds(ordinal, row.holds());
    table.setUses(ordinal, row.uses());
    table.setPolicy(ordinal, row.policy());
    table.setPinGeneration(ordinal, row.generation());
    return row;
  }

  private static Row read(BlobTable table, int ordinal) {
    assertTrue(table.isPresent(ordinal));
    BlobRecord record =
        new BlobRecord(
            BlobRecord.Kind.SEALED,
            Hash.of(new byte[0]),
            table.file(ordinal),
            table.length(ordinal),
            table.sealedSeconds(ordinal),
            table.keep(ordinal));
    return new Row(
        record,
        table.holds(ordinal),
        table.uses(ordinal),
        table.policy(ordinal),
        table.pinGeneration(ordinal));
  }

  @Test
  void costsAreKnownToWithinNinePercent() {
    assertEquals(0, CostScale.of(0));
    assertEquals(1, CostScale.of(1));
    assertEquals(255, CostScale.of(Long.MAX_VALUE));
    for (long micros = 1; micros < 3_000_000_000L; micros += 1 + micros / 7) {
      double known = CostScale.micros(CostScale.of(micros));
      assertTrue(Math.abs(known - micros) <= 0.5 + 0.09 * micros, micros + " is " + known);
    }
    assertThrows(IllegalArgumentException.class, () -> CostScale.of(-1));
  }

  @Test
  void countsHaveLimits() {
    BlobTable table = new BlobTable(Arena.ofAuto().allocate(48, 8), 1);
    int ordinal = table.take(0);
    assertThrows(IllegalArgumentException.class, () -> table.setHolds(ordinal, 0x10000));
    assertThrows(IllegalArgumentException.class, () -> table.setUses(ordinal, 256));
    assertThrows(IllegalArgumentException.class, () -> new Keep(2, 0, 0));
  }
}
