package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.api.TraceCounts;
import io.kogluktualuk.computenode.runtime.transaction.Peers;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.transaction.TraceClaim;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// When a transaction is run again, and when its outcome is known by what an earlier one has seen.
@Timeout(120)
class TracesTest {

  private final InMemoryBlobs store = new InMemoryBlobs();
  private final InMemoryMemos memos = new InMemoryMemos();
  private final Bench bench = new Bench(store, memos, 2, Peers.NONE);

  @BeforeEach
  void fill() {
    bench.bind("/data/a", "alpha\n").bind("/data/b", "beta\n").bind("/data/sub/c", "gamma\n");
  }

  @AfterEach
  void close() {
    bench.close();
  }

  /// Runs it; checks how many programs ran for it, and the outcome.
  private RunReport runs(int programs, String... argv) {
    Transaction transaction = bench.transaction(argv);
    RunReport report = bench.run(transaction);
    assertEquals(programs, report.counters().run());
    assertEquals(programs == 0 ? Disposition.HIT : Disposition.RUN, report.disposition());
    assertEquals(bench.runAfresh(transaction.key()).outcome(), report.outcome());
    assertEquals(report.outcome(), memos.outcomes.get(transaction.key()));
    return report;
  }

  @Test
  void whatIsNotLookedAtDoesNotMatter() {
    String[] cat = {"/bin/probe", "cat", "/data/a", "cat", "/nope"};
    runs(1, cat);
    bench.bind("/data/b", "other\n").bind("/more/x", "new").bind("/data/new", "new");
    runs(0, cat);
    bench.bind("/data/a", "other\n");
    runs(1, cat);
    bench.bind("/nope", "there now\n");
    runs(1, cat);
    bench.bind("/data/b", "again\n");
    runs(0, cat);
  }

  @Test
  void whatWasFoundSoIsKnownByItsKeyFromThenOn() {
    String[] cat = {"/bin/probe", "cat", "/data/a"};
    runs(1, cat);
    bench.bind("/data/b", "other\n");
    runs(0, cat);
    TraceCounts before = bench.engine.traceCounts();
    assertEquals(1, before.hits());
    assertTrue(before.steps() >= 4, before.toString());
    runs(0, cat);
    assertEquals(before, bench.engine.traceCounts());
  }

  @Test
  void aWayThatWasGoneBeforeIsFoundAgain() {
    String[] cat = {"/bin/probe", "cat", "/data/a", "cat", "/data/b"};
    for (int round = 0; round < 2; round++) {
      for (String a : List.of("1", "2", "3")) {
        for (String b : List.of("x", "y")) {
          bench.bind("/data/a", a).bind("/data/b", b).bind("/unread", round + a + b);
          runs(round == 0 ? 1 : 0, cat);
        }
      }
    }
    // One entry for each: the root, two more for a, and one for b under each of the three.
    assertEquals(6, memos.traces.size());
  }

  @Test
  void ofADirectoryOnlyTheNamesMayMatter() {
    String[] ls = {"/bin/probe", "ls", "/data"};
    runs(1, ls);
    bench.bind("/data/b", "other\n").bind("/data/sub/more", "new");
    runs(0, ls);
    bench.bind("/data/d", "new");
    runs(1, ls);
  }

  /// Enough for several pieces, and for several parts of a listing.
  private void bindWide(int names) {
    for (int i = 0; i < names; i++) {
      bench.bind("/wide/%05d".formatted(i), "some");
    }
  }

  @Test
  void ofAWideDirectoryOnlyTheNameMatters() {
    bindWide(6_000);
    String[] cat = {"/bin/probe", "cat", "/wide/03000", "cat", "/wide/none"};
    runs(1, cat);
    bench.bind("/wide/02999", "other").bind("/wide/09000", "new");
    runs(0, cat);
    bench.bind("/wide/03000", "other");
    runs(1, cat);
    bench.bind("/wide/none", "there now");
    runs(1, cat);
  }

  @Test
  void allNamesOfAWideDirectoryAreListed() {
    bindWide(9_000);
    String[] ls = {"/bin/probe", "ls", "/wide"};
    RunReport report = runs(1, ls);
    assertEquals(
        IntStream.range(0, 9_000).mapToObj("%05d"::formatted).toList(),
        bench.text(report.outcome().output()).lines().map(line -> line.split(" ")[0]).toList());
    bench.bind("/wide/04000", "other");
    runs(0, ls);
    bench.bind("/wide/08500x", "new");
    runs(1, ls);
    bench.bind("/wide/00000x", "new");
    runs(1, ls);
  }

  @Test
  void ofAFileOnlyTheLengthMayMatter() {
    String[] stat = {"/bin/probe", "stat", "/data/a"};
    runs(1, stat);
    bench.bind("/data/a", "ALPHA\n");
    runs(0, stat);
    bench.bind("/data/a", "longer\n");
    runs(1, stat);
  }

  @Test
  void aSubtransactionWithTheSameOutputDoesNotMatter() {
    bench.thunk("/first", "/bin/probe", "slice", "/tmp/output", "/data/a", "0", "1");
    String[] cat = {"/bin/probe", "cat", "/first"};
    runs(2, cat);
    bench.bind("/data/a", "another\n");
    // Only the subtransaction: its output is the same, and what reads it need not be run.
    RunReport report = bench.run(cat);
    assertEquals(1, report.counters().run());
    assertEquals(Disposition.HIT, report.disposition());
    bench.bind("/data/a", "beginning otherwise\n");
    runs(2, cat);
  }

  @Test
  void whatIsBoundIsBoundOnTheWay() {
    String[] words = {
      "/bin/probe", "put", "/tmp/in", "text\n", "bind", "/tmp/o", "5", "/bin/probe", "cat",
      "/tmp/in", "cat", "/data/a", "need", "/tmp/n", "2", "/bin/probe", "/x=/tmp/o", "3",
      "/bin/probe", "cat", "/x", "cat", "/tmp/n"
    };
    runs(3, words);
    bench.bind("/data/b", "other\n");
    runs(0, words);
    bench.bind("/data/a", "ALPHA\n");
    runs(3, words);
  }

  @Test
  void whatThunksInAnOutputComeToMatters() {
    bench.thunk("/data/t", "/bin/probe", "stat", "/data/b");
    String[] out = {"/bin/probe", "out", "/data"};
    runs(2, out);
    bench.bind("/elsewhere", "x");
    runs(0, out);
    bench.bind("/data/b", "a longer one\n");
    runs(2, out);
  }

  @Test
  void theNamespacesOwnTmpMattersAsAWholeOnceItIsChanged() {
    bench.bind("/tmp/given", "given\n").bind("/tmp/other", "other\n");
    String[] reads = {"/bin/probe", "cat", "/tmp/given"};
    String[] writes = {"/bin/probe", "put", "/tmp/x", "new", "cat", "/tmp/given"};
    runs(1, reads);
    runs(1, writes);
    bench.bind("/tmp/other", "changed\n");
    runs(0, reads);
    runs(1, writes);
    bench.bind("/data/a", "changed\n");
    runs(0, writes);
  }

  @Test
  void randomBytesAreNoObservation() {
    String[] random = {"/bin/probe", "random"};
    String first = bench.text(runs(1, random).outcome().output());
    bench.bind("/data/a", "changed\n");
    assertEquals(first, bench.text(runs(0, random).outcome().output()));
    assertFalse(bench.output("/bin/probe", "random", "random").startsWith(first));
  }

  @Test
  void aFailureIsKnownAsWell() {
    bench.thunk("/fails", "/bin/probe", "exit", "7");
    String[] cat = {"/bin/probe", "cat", "/fails", "exit", "3"};
    runs(2, cat);
    bench.bind("/data/a", "changed\n");
    runs(0, cat);
    bench.thunk("/fails", "/bin/probe", "exit", "8");
    runs(2, cat);
  }

  @Test
  void withoutRoomInTheTrieThereAreKeys() {
    memos.tracesMax = 0;
    String[] cat = {"/bin/probe", "cat", "/data/a"};
    runs(1, cat);
    runs(0, cat);
    bench.bind("/data/b", "other\n");
    runs(1, cat);
    assertEquals(0, memos.traces.size());
  }

  @Test
  void aTraceThatIsLostIsAsNone() {
    String[] cat = {"/bin/probe", "cat", "/data/a"};
    RunReport report = runs(1, cat);
    store.lose(List.of(report.outcome().trace().hash()));
    bench.bind("/data/b", "other\n");
    try (Bench other = new Bench(store, memos, 2, Peers.NONE)) {
      Transaction transaction = bench.transaction(cat);
      RunReport again = other.run(transaction);
      assertEquals(1, again.counters().run());
      assertEquals("alpha\n", other.text(again.outcome().output()));
    }
  }

  @Test
  void entriesThatLeadElsewhereAreNotBelieved() {
    Transaction other = bench.transaction("/bin/hello");
    bench.run(other);
    Transaction cat = bench.transaction("/bin/probe", "cat", "/data/a");
    memos.traces.put(cat.family(), other.key());
    assertEquals("alpha\n", bench.text(bench.run(cat).outcome().output()));
    Transaction stat = bench.transaction("/bin/probe", "stat", "/data/a");
    memos.traces.put(stat.family(), Hash.of(new byte[] {1}));
    assertEquals("file 6\n", bench.text(bench.run(stat).outcome().output()));
    // Those that lead nowhere have made way.
    assertEquals(cat.key(), memos.traces.get(cat.family()));
    assertEquals(stat.key(), memos.traces.get(stat.family()));
  }

  @Test
  void whatWasForgottenDoesNotKeepItsPlace() {
    String[] cat = {"/bin/probe", "cat", "/data/a"};
    Transaction first = bench.transaction(cat);
    runs(1, cat);
    memos.outcomes.remove(first.key());
    bench.bind("/data/b", "other\n");
    Transaction second = bench.transaction(cat);
    try (Bench other = new Bench(store, memos, 2, Peers.NONE)) {
      assertEquals(1, other.run(second).counters().run());
    }
    assertEquals(second.key(), memos.traces.get(first.family()));
    bench.bind("/data/b", "another\n");
    try (Bench other = new Bench(store, memos, 2, Peers.NONE)) {
      assertEquals(0, other.run(bench.transaction(cat)).counters().run());
    }
  }

  @Test
  void whatHasLedToAnOutcomeIsClaimedAgainOnce() {
    String[] cat = {"/bin/probe", "cat", "/data/a"};
    Transaction first = bench.transaction(cat);
    runs(1, cat);
    TraceClaim claim = TraceClaim.of(first.family(), first.key());
    assertEquals(List.of(claim), List.copyOf(memos.claimed));
    for (int round = 0; round < 3; round++) {
      bench.bind("/data/b", "other " + round);
      runs(0, cat);
      assertEquals(List.of(claim, claim), List.copyOf(memos.claimed));
    }
  }

  @Test
  void parallelRunsOfAFamilyAllFindTheirPlace() {
    String[] script = new String[2 + 8 * 11];
    script[0] = "/bin/probe";
    int at = 1;
    for (int i = 0; i < 8; i++) {
      bench.bind("/in/" + i, "content " + i);
      for (String word :
          new String[] {
            "need",
            "/tmp/o" + i,
            "2",
            "/bin/probe",
            "/in=/in/" + i,
            "3",
            "/bin/probe",
            "cat",
            "/in",
            "cat",
            "/tmp/o" + i
          }) {
        script[at++] = word;
      }
    }
    script[at] = "random";
    runs(9, script);
    // Nine of two families, each at a place of its own.
    assertEquals(9, memos.traces.size());
    bench.bind("/in/3", "changed 3");
    runs(2, script);
    assertEquals(11, memos.traces.size());
  }

  @Test
  void circlesAreFoundOnTheWayToo() {
    for (int i = 0; i < 40; i++) {
      bench.thunk("/t" + i, "/bin/probe", "cat", "/t" + (i + 1));
    }
    bench.bind("/t40", "end\n");
    String[] cat = {"/bin/probe", "cat", "/t0"};
    runs(41, cat);
    bench.thunk("/t40", "/bin/probe", "cat", "/t0");
    assertEquals("cat /t3: errno 29\n\n", bench.output("/bin/probe", "cat", "/t3", "say", ""));
  }
}
