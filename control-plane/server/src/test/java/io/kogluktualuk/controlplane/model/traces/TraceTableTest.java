package io.kogluktualuk.controlplane.model.traces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.transaction.TraceEntry;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TraceTableTest {

  private static final Moment NOW = new Moment(1, 1);

  private static Hash hash(int number) {
    return Hash.of(ByteBuffer.allocate(4).putInt(number).array());
  }

  /// Decides and replays.
  private static @Nullable Hash add(TraceTable table, TraceEntry entry) {
    Decision<TraceEntry> decision = table.decide(entry, NOW);
    decision.changes().forEach(table::replay);
    return TraceTable.readReply(decision.reply()).value();
  }

  @Test
  void theFirstAtANodeStays() {
    TraceTable table = new TraceTable(() -> Long.MAX_VALUE);
    assertNull(table.find(hash(1)));
    assertEquals(hash(10), add(table, new TraceEntry(hash(1), hash(10))));
    assertEquals(hash(10), add(table, new TraceEntry(hash(1), hash(11))));
    assertEquals(hash(10), table.find(hash(1)));
    assertEquals(1, table.size());
  }

  @Test
  void aFullTableKeepsWhatItHas() {
    TraceTable table = new TraceTable(2, () -> Long.MAX_VALUE);
    add(table, new TraceEntry(hash(1), hash(10)));
    add(table, new TraceEntry(hash(2), hash(20)));
    assertNull(add(table, new TraceEntry(hash(3), hash(30))));
    assertEquals(hash(20), add(table, new TraceEntry(hash(2), hash(21))));
    assertNull(table.find(hash(3)));
    assertEquals(2, table.size());
  }

  @Test
  void itTakesNoMoreThanIsAgreedOn() {
    AtomicLong most = new AtomicLong(2 * TraceTable.CHARGE_BYTES);
    TraceTable table = new TraceTable(most::get);
    add(table, new TraceEntry(hash(1), hash(10)));
    add(table, new TraceEntry(hash(2), hash(20)));
    assertEquals(most.get(), table.chargedBytes());
    assertNull(add(table, new TraceEntry(hash(3), hash(30))));
    most.addAndGet(TraceTable.CHARGE_BYTES - 1);
    assertNull(add(table, new TraceEntry(hash(3), hash(30))));
    most.incrementAndGet();
    assertEquals(hash(30), add(table, new TraceEntry(hash(3), hash(30))));
    most.set(0);
    assertEquals(hash(30), table.find(hash(3)));
    assertNull(add(table, new TraceEntry(hash(4), hash(40))));
  }

  @Test
  void itIsAMapThatComesBackFromItsSnapshot() {
    Seeds.run(
        TraceTableTest.class,
        3,
        random -> {
          TraceTable table = new TraceTable(() -> Long.MAX_VALUE);
          Map<Hash, Hash> expected = new HashMap<>();
          for (int i = 0; i < 40_000; i++) {
            TraceEntry entry = new TraceEntry(hash(random.nextInt(30_000)), hash(i));
            expected.putIfAbsent(entry.node(), entry.key());
            assertEquals(expected.get(entry.node()), add(table, entry));
          }
          var frozen = table.freeze();
          add(table, new TraceEntry(hash(-1), hash(0)));
          TraceTable copy = new TraceTable(() -> Long.MAX_VALUE);
          frozen.accept(
              change -> copy.replay(copy.readChange(new CanonicalReader("change", change))));
          assertEquals(expected.size(), copy.size());
          assertNull(copy.find(hash(-1)));
          expected.forEach((node, key) -> assertEquals(key, copy.find(node)));
          copy.clear();
          assertEquals(0, copy.size());
          assertNull(copy.find(hash(7)));
        });
  }
}
