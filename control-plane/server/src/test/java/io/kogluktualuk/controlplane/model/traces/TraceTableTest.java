package io.kogluktualuk.controlplane.model.traces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.transaction.TraceClaim;
import io.kogluktualuk.fabric.transaction.TraceEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
    return claim(table, new TraceClaim(entry, null));
  }

  /// The same, by way of the command's encoding.
  private static @Nullable Hash claim(TraceTable table, TraceClaim claim) {
    byte[] command = TraceTable.proposal(claim).command();
    CanonicalReader reader = new CanonicalReader("command", command);
    Decision<TraceTable.Change> decision = table.decide(table.readCommand(reader), NOW);
    reader.end();
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
  void whoLeadsNowhereMakesWay() {
    TraceTable table = new TraceTable(() -> Long.MAX_VALUE);
    add(table, new TraceEntry(hash(1), hash(10)));
    TraceEntry mine = new TraceEntry(hash(1), hash(11));
    assertEquals(hash(10), claim(table, new TraceClaim(mine, hash(12))));
    assertEquals(hash(11), claim(table, new TraceClaim(mine, hash(10))));
    // Sent once more: the first answer had been lost.
    assertEquals(hash(11), claim(table, new TraceClaim(mine, hash(10))));
    assertEquals(hash(11), table.find(hash(1)));
    assertEquals(
        hash(20), claim(table, new TraceClaim(new TraceEntry(hash(2), hash(20)), hash(9))));
    assertEquals(2, table.size());
  }

  @Test
  void aSnapshotDoesNotChangeWhenANodeIsReplaced() {
    TraceTable table = new TraceTable(() -> Long.MAX_VALUE);
    add(table, new TraceEntry(hash(1), hash(10)));
    var frozen = table.freeze();
    claim(table, new TraceClaim(new TraceEntry(hash(1), hash(11)), hash(10)));
    add(table, new TraceEntry(hash(1), hash(12)));
    List<byte[]> changes = new ArrayList<>();
    frozen.accept(changes::add);
    assertEquals(1, changes.size());
    assertEquals(hash(10), copyOf(changes, 9, 9).find(hash(1)));
  }

  @Test
  void aCommandFromBeforeThereWereClaimsIsRead() {
    CanonicalWriter writer = new CanonicalWriter();
    TraceEntry entry = new TraceEntry(hash(1), hash(10));
    TraceEntry.CODEC.write(entry, writer);
    CanonicalReader reader = new CanonicalReader("command", writer.toBytes());
    assertEquals(new TraceClaim(entry, null), new TraceTable(() -> 0).readCommand(reader));
  }

  @Test
  void aFullTableForgetsTheEldestThatNobodyHasComeBy() {
    TraceTable table = new TraceTable(6, 2, () -> Long.MAX_VALUE);
    for (int i = 0; i < 6; i++) {
      add(table, new TraceEntry(hash(i), hash(10 + i)));
    }
    assertEquals(hash(10), add(table, new TraceEntry(hash(0), hash(99))));
    assertEquals(hash(96), add(table, new TraceEntry(hash(6), hash(96))));
    assertNull(table.find(hash(1)));
    assertEquals(hash(10), table.find(hash(0)));
    assertEquals(6, table.size());
    // It has had its second chance: after 2 to 5, and with 6 to 8 to come, it goes.
    for (int i = 7; i < 12; i++) {
      add(table, new TraceEntry(hash(i), hash(90 + i)));
    }
    assertNull(table.find(hash(0)));
    assertEquals(hash(101), table.find(hash(11)));
  }

  @Test
  void whenSomebodyHasComeByAllTheEldestGo() {
    TraceTable table = new TraceTable(4, 2, () -> Long.MAX_VALUE);
    for (int i = 0; i < 8; i++) {
      add(table, new TraceEntry(hash(i % 4), hash(i)));
    }
    assertEquals(hash(9), add(table, new TraceEntry(hash(9), hash(9))));
    assertNull(table.find(hash(0)));
    assertNull(table.find(hash(1)));
    assertEquals(hash(2), table.find(hash(2)));
    assertEquals(3, table.size());
  }

  @Test
  void itTakesNoMoreThanIsAgreedOn() {
    AtomicLong most = new AtomicLong(2 * TraceTable.CHARGE_BYTES);
    TraceTable table = new TraceTable(9, 1, most::get);
    add(table, new TraceEntry(hash(1), hash(10)));
    add(table, new TraceEntry(hash(2), hash(20)));
    assertEquals(most.get(), table.chargedBytes());
    most.addAndGet(TraceTable.CHARGE_BYTES - 1);
    add(table, new TraceEntry(hash(3), hash(30)));
    assertEquals(2 * TraceTable.CHARGE_BYTES, table.chargedBytes());
    most.incrementAndGet();
    add(table, new TraceEntry(hash(4), hash(40)));
    assertEquals(3 * TraceTable.CHARGE_BYTES, table.chargedBytes());
    most.set(0);
    assertEquals(hash(40), table.find(hash(4)));
    assertNull(add(table, new TraceEntry(hash(5), hash(50))));
    most.set(TraceTable.CHARGE_BYTES);
    assertEquals(hash(60), add(table, new TraceEntry(hash(6), hash(60))));
    assertEquals(1, table.size());
  }

  private static TraceTable copyOf(List<byte[]> changes, int entriesMax, int chunkEntries) {
    TraceTable copy = new TraceTable(entriesMax, chunkEntries, () -> Long.MAX_VALUE);
    for (byte[] change : changes) {
      CanonicalReader reader = new CanonicalReader("change", change);
      copy.replay(copy.readChange(reader));
      reader.end();
    }
    return copy;
  }

  /// Two replicas of a small table, one of which is started anew out of a snapshot now and then,
  /// answer alike, and as plainly written rules say.
  @Test
  void itForgetsTheSameEverywhere() {
    Seeds.run(
        TraceTableTest.class,
        200,
        random -> {
          int chunk = 1 + random.nextInt(7);
          int most = 1 + random.nextInt(40);
          TraceTable table = new TraceTable(most, chunk, () -> Long.MAX_VALUE);
          TraceTable copy = new TraceTable(most, chunk, () -> Long.MAX_VALUE);
          SecondChance expected = new SecondChance(most, chunk);
          for (int i = 0; i < 600; i++) {
            TraceEntry entry = new TraceEntry(hash(random.nextInt(2 * most)), hash(i));
            Hash holder = expected.find(entry.node());
            Hash instead = random.nextInt(4) == 0 ? holder : null;
            TraceClaim claim = new TraceClaim(entry, instead);
            Hash now = expected.claim(claim);
            assertEquals(now, claim(table, claim), "claim " + i);
            assertEquals(now, claim(copy, claim), "claim " + i);
            assertEquals(expected.size(), table.size());
            if (random.nextInt(50) == 0) {
              List<byte[]> changes = new ArrayList<>();
              copy.freeze().accept(changes::add);
              copy = copyOf(changes, most, chunk);
            }
          }
          for (int i = 0; i < 2 * most; i++) {
            assertEquals(expected.find(hash(i)), table.find(hash(i)));
            assertEquals(expected.find(hash(i)), copy.find(hash(i)));
          }
        });
  }

  /// The same rules on a list.
  private static final class SecondChance {
    private final int most;
    private final int chunk;
    private final List<TraceEntry> entries = new ArrayList<>();
    private final Set<Hash> marked = new HashSet<>();

    SecondChance(int most, int chunk) {
      this.most = most;
      this.chunk = chunk;
    }

    @Nullable Hash find(Hash node) {
      return entries.stream()
          .filter(entry -> entry.node().equals(node))
          .map(TraceEntry::key)
          .findFirst()
          .orElse(null);
    }

    Hash claim(TraceClaim claim) {
      Hash holder = find(claim.entry().node());
      if (holder != null && !Objects.equals(holder, claim.instead())) {
        marked.add(claim.entry().node());
        return holder;
      }
      if (holder != null) {
        entries.replaceAll(
            entry -> entry.node().equals(claim.entry().node()) ? claim.entry() : entry);
        return claim.entry().key();
      }
      while (entries.size() >= most) {
        List<TraceEntry> eldest = entries.subList(0, Math.min(chunk, entries.size()));
        List<TraceEntry> staying =
            eldest.stream().filter(entry -> marked.remove(entry.node())).toList();
        eldest.clear();
        entries.addAll(staying);
      }
      entries.add(claim.entry());
      return claim.entry().key();
    }

    int size() {
      return entries.size();
    }
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
