package io.kogluktualuk.controlplane.model.actions;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.ControlStatus;
import io.kogluktualuk.controlplane.api.Disagreement;
import io.kogluktualuk.controlplane.api.HashPrefix;
import io.kogluktualuk.controlplane.api.Keys;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.api.Recorded;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Memos;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class MemoTableTest {

  private final MemoTable table = new MemoTable();

  private Recorded record(MemoRecord memo, long atMillis) {
    Decision<MemoChange> decision =
        table.decide(new MemoCommand.Record(memo), new Moment(atMillis, 0));
    decision.changes().forEach(table::replay);
    return MemoTable.readReply(decision.reply());
  }

  private MemoChange.Known known(Hash key) {
    return table.get(table.find(key));
  }

  @Test
  void theFirstOutcomeIsKept() {
    assertEquals(-1, table.find(Memos.key(1)));
    assertEquals(new Recorded.First(), record(Memos.memo(1), 77));
    assertEquals(new MemoChange.Known(Memos.memo(1), 77), known(Memos.key(1)));
    assertEquals(Memos.outcome(1, 1), table.outcomeAt(table.find(Memos.key(1))));
  }

  @Test
  void theSameOutcomeAgainChangesNothing() {
    record(Memos.memo(1), 77);
    assertEquals(new Recorded.Same(), record(Memos.memo(1, 1, "someone else"), 99));
    assertEquals(new MemoChange.Known(Memos.memo(1), 77), known(Memos.key(1)));
    assertEquals(0, table.disagreementCount());
  }

  @Test
  void anotherOutcomeIsADisagreement() {
    record(Memos.memo(1, 1, "a"), 77);
    assertEquals(
        new Recorded.Disagreeing(Memos.blob("output 1 1")), record(Memos.memo(1, 2, "b"), 99));
    assertEquals(Memos.outcome(1, 1), table.outcomeAt(table.find(Memos.key(1))));
    Disagreement expected =
        new Disagreement(
            Memos.key(1), Memos.blob("output 1 1"), "a", Memos.blob("output 1 2"), "b", 99);
    assertEquals(List.of(expected), table.disagreements());
    String words = String.valueOf(expected.toConflict().getMessage());
    for (Object part : List.of(Memos.key(1), Memos.blob("output 1 1"), Memos.blob("output 1 2"))) {
      assertTrue(words.contains(part.toString()), words);
    }
  }

  @Test
  void onlyTheLatestDisagreementsAreKeptButAllAreCounted() {
    record(Memos.memo(1, 1, "a"), 0);
    for (int version = 2; version < 102; version++) {
      record(Memos.memo(1, version, "b"), version);
    }
    assertEquals(100, table.disagreementCount());
    assertEquals(ControlStatus.DISAGREEMENTS_MAX, table.disagreements().size());
    assertEquals(101, table.disagreements().getLast().atMillis());
  }

  @Test
  void searchesFindKeysAndProducers() {
    for (int i = 0; i < 500; i++) {
      record(Memos.memo(i), i);
    }
    record(new MemoRecord(Memos.key(1000), Memos.outcome(7, 1), "x", 1), 1);
    MemoView view = table.view();
    Hash key = Memos.key(123);
    HashPrefix prefix = HashPrefix.parse(key.toHex().substring(0, 10));
    assertEquals(new Keys(List.of(key), false), view.keysWith(prefix));
    HashPrefix output = HashPrefix.of(Memos.hash("output 7 1"));
    assertEquals(new Keys(List.of(Memos.key(7), Memos.key(1000)), false), view.producersOf(output));
    assertEquals(new Keys(List.of(), false), view.keysWith(output));
  }

  @Test
  void searchesAreBounded() {
    for (int i = 0; i < Keys.KEYS_MAX + 1; i++) {
      record(new MemoRecord(Memos.key(i), Memos.outcome(0, 1), "x", 1), 1);
    }
    HashPrefix output = HashPrefix.of(Memos.hash("output 0 1"));
    Keys found = table.view().producersOf(output);
    assertTrue(found.hasMore());
    assertEquals(Keys.KEYS_MAX, found.keys().size());
  }

  @Test
  void aViewStaysAsItWas() {
    record(Memos.memo(1), 1);
    MemoView view = table.view();
    for (int i = 2; i < 100_000; i++) {
      record(Memos.memo(i), i);
    }
    assertEquals(1, view.size());
    List<byte[]> changes = new ArrayList<>();
    view.writeChanges(changes::add);
    assertEquals(1, changes.size());
    assertArrayEquals(new MemoChange.Known(Memos.memo(1), 1).toBytes(), changes.getFirst());
    assertEquals(new MemoChange.Known(Memos.memo(54_321), 54_321), known(Memos.key(54_321)));
  }

  @Test
  void itAgreesWithAMap() {
    Seeds.run(
        MemoTableTest.class,
        100,
        random -> {
          table.clear();
          Map<Hash, MemoRecord> model = new TreeMap<>();
          int keys = random.nextInt(1, 3000);
          for (int i = 0; i < 3000; i++) {
            MemoRecord memo = Memos.memo(random.nextInt(keys), random.nextInt(2), "p");
            MemoRecord kept = model.putIfAbsent(memo.key(), memo);
            Recorded expected =
                kept == null
                    ? new Recorded.First()
                    : kept.equals(memo)
                        ? new Recorded.Same()
                        : new Recorded.Disagreeing(kept.outcome().output());
            assertEquals(expected, record(memo, i));
          }
          assertEquals(model.size(), table.size());
          for (int i = 0; i < keys; i++) {
            int place = table.find(Memos.key(i));
            MemoRecord expected = model.get(Memos.key(i));
            assertEquals(expected == null, place < 0);
            if (expected != null) {
              assertEquals(expected, table.get(place).memo());
            }
          }
        });
  }
}
