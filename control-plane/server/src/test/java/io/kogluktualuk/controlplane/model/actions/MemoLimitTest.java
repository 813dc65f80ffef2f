package io.kogluktualuk.controlplane.model.actions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.ForgetMemos;
import io.kogluktualuk.controlplane.api.MemoLimit;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.api.Recorded;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Effect;
import io.kogluktualuk.controlplane.model.Memos;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// How much the memo index takes, how much it may, and how it becomes less.
final class MemoLimitTest {

  private final AtomicLong tracesBytes = new AtomicLong();
  private final MemoTable table = new MemoTable(tracesBytes::get);

  private Decision<MemoChange> decide(MemoCommand command, long atMillis) {
    Decision<MemoChange> decision = table.decide(command, new Moment(atMillis, 0));
    decision.changes().forEach(table::replay);
    return decision;
  }

  private Recorded record(MemoRecord memo) {
    return MemoTable.readReply(decide(new MemoCommand.Record(memo), memo.durationNanos()).reply());
  }

  private List<Effect> limit(long memos, boolean isFirst) {
    MemoLimit limit = new MemoLimit(memos * MemoTable.CHARGE_BYTES);
    return decide(new MemoCommand.SetLimit(limit, isFirst), 0).effects();
  }

  private long forget(long beforeMillis, Hash... keys) {
    ForgetMemos ask = new ForgetMemos(beforeMillis, List.of(keys));
    return MemoTable.readForgotten(decide(new MemoCommand.Forget(ask), 0).reply());
  }

  @Test
  void aFullIndexTakesNothingNewAndAnswersAsBefore() {
    limit(2, false);
    assertEquals(new Recorded.First(), record(Memos.memo(1)));
    assertEquals(new Recorded.First(), record(Memos.memo(2)));
    int each = MemoTable.CHARGE_BYTES;
    Recorded.NoRoom full = new Recorded.NoRoom("bytes", 2 * each, 2 * each, each);
    assertEquals(full, record(Memos.memo(3)));
    assertEquals(
        "the memo index is full: 480 of 480 bytes are used, and 240 more needed",
        full.toOutOfSpace().getMessage());
    assertEquals(-1, table.find(Memos.key(3)));
    assertEquals(new Recorded.Same(), record(Memos.memo(2)));
    assertEquals(
        new Recorded.Disagreeing(Memos.blob("output 1 1")), record(Memos.memo(1, 2, "liar")));
    assertEquals(Memos.outcome(1, 1), table.outcomeAt(table.find(Memos.key(1))));
  }

  @Test
  void whatIsForgottenMakesRoom() {
    limit(2, false);
    record(Memos.memo(1));
    record(Memos.memo(2));
    long recorded = Memos.memo(1).durationNanos();
    assertEquals(0, forget(recorded, Memos.key(1)), "it is not as old as that");
    assertEquals(1, forget(recorded + 1, Memos.key(1), Memos.key(1), Memos.key(7)));
    assertEquals(MemoTable.CHARGE_BYTES, table.chargedBytes());
    assertEquals(new Recorded.First(), record(Memos.memo(3)));
    assertTrue(record(Memos.memo(4)) instanceof Recorded.NoRoom);
  }

  @Test
  void theLimitIsForTracesAsWell() {
    int each = MemoTable.CHARGE_BYTES;
    limit(4, false);
    assertEquals(each, table.tracesBytesMax(4), "a quarter");
    tracesBytes.set(each);
    for (int i = 1; i <= 3; i++) {
      assertEquals(new Recorded.First(), record(Memos.memo(i)));
    }
    assertEquals(new Recorded.NoRoom("bytes", 4 * each, 4 * each, each), record(Memos.memo(4)));
    tracesBytes.set(0);
    assertEquals(new Recorded.First(), record(Memos.memo(4)));
    assertEquals(0, table.tracesBytesMax(4), "the memos have taken it");
  }

  @Test
  void theFirstLimitStandsUntilAnOperatorChangesIt() {
    assertNull(table.limit());
    assertEquals(1, limit(5, true).size());
    assertEquals(0, limit(9, true).size());
    assertEquals(5L * MemoTable.CHARGE_BYTES, limitBytes());
    assertEquals(
        List.of(new Effect.Audited("memo.limit", "from 1200 bytes to 240 bytes")), limit(1, false));
    assertEquals(List.of(), limit(1, false), "nothing was changed");
    assertEquals(240, limitBytes());
  }

  private long limitBytes() {
    MemoLimit limit = table.limit();
    return limit == null ? -1 : limit.bytes();
  }

  @Test
  void aLimitBelowWhatThereIsTakesNothingAway() {
    record(Memos.memo(1));
    record(Memos.memo(2));
    limit(1, false);
    assertEquals(2, table.size());
    forget(Long.MAX_VALUE, Memos.key(1));
    assertTrue(record(Memos.memo(3)) instanceof Recorded.NoRoom, "it is full as it is");
    forget(Long.MAX_VALUE, Memos.key(2));
    assertEquals(new Recorded.First(), record(Memos.memo(3)));
  }

  @Test
  void producersWithoutMemosAreForgottenToo() {
    for (int round = 0; round < 300; round++) {
      record(Memos.memo(round, 1, "producer-" + round));
      record(Memos.memo(1000 + round, 1, "constant"));
      assertEquals("producer-" + round, producerOf(round));
      forget(Long.MAX_VALUE, Memos.key(round));
      assertEquals("constant", producerOf(1000 + round));
    }
    MemoTable again = again();
    assertEquals(300, again.size());
    assertEquals("constant", again.get(again.find(Memos.key(1007))).memo().producer());
  }

  @Test
  void producersHaveABound() {
    for (int i = 0; i < Producers.NAMES_MAX; i++) {
      table.replay(new MemoChange.Known(Memos.memo(i, 1, "p" + i), 1));
    }
    MemoRecord more = Memos.memo(Producers.NAMES_MAX, 1, "one more");
    assertEquals(
        new Recorded.NoRoom("producers", Producers.NAMES_MAX, Producers.NAMES_MAX, 1),
        record(more));
    assertEquals(new Recorded.First(), record(Memos.memo(Producers.NAMES_MAX, 1, "p0")));
    forget(Long.MAX_VALUE, Memos.key(7));
    assertEquals(new Recorded.First(), record(Memos.memo(7, 1, "one more")));
  }

  private String producerOf(int number) {
    return table.get(table.find(Memos.key(number))).memo().producer();
  }

  private MemoTable again() {
    MemoTable again = new MemoTable();
    table
        .freeze()
        .accept(change -> again.replay(MemoChange.read(new CanonicalReader("c", change))));
    return again;
  }

  /// Whatever is recorded and forgotten, what is charged is enough for what it takes in memory,
  /// but for the holes, and the same after a snapshot.
  @Test
  void theChargeCoversWhatMemosTake() {
    Seeds.run(
        MemoLimitTest.class,
        3,
        random -> {
          table.clear();
          for (int round = 0; round < 4; round++) {
            int from = round * 20_000;
            for (int i = from; i < from + 20_000; i++) {
              record(large(i, random));
            }
            long taken = again().memoryBytes();
            assertTrue(
                taken <= table.chargedBytes() + MemoChunk.BYTES,
                () -> table.size() + " memos take " + taken);
            for (int i = random.nextInt(30_000); i > 0; i -= 100) {
              forget(Long.MAX_VALUE, someKeys(from, random));
            }
            MemoTable again = again();
            assertEquals(table.chargedBytes(), again.chargedBytes());
            assertEquals(keysOf(table), keysOf(again));
            assertTrue(table.memoryBytes() <= 2 * table.chargedBytes() + 4L * MemoChunk.BYTES);
          }
        });
  }

  private static Hash[] someKeys(int around, RandomGenerator random) {
    Hash[] keys = new Hash[100];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = Memos.key(random.nextInt(around + 20_000));
    }
    return keys;
  }

  private static Set<Hash> keysOf(MemoTable table) {
    Set<Hash> keys = new HashSet<>();
    table
        .view()
        .writeChanges(
            change -> {
              MemoChange read = MemoChange.read(new CanonicalReader("change", change));
              keys.add(((MemoChange.Known) read).memo().key());
            });
    return keys;
  }

  /// As large as a memo can be.
  private static MemoRecord large(int number, RandomGenerator random) {
    Ref ref = new Ref(Kind.LIST, Memos.hash("" + random.nextInt()), Long.MAX_VALUE);
    Outcome outcome = new Outcome(new Ending.Exited(255), Long.MAX_VALUE, ref, ref, ref);
    return new MemoRecord(Memos.key(number), outcome, "p" + number % 300, Long.MAX_VALUE);
  }
}
