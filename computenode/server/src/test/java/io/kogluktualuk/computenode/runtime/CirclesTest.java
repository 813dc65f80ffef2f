package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.runtime.transaction.EngineSettings;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Thunks that need each other.
@Timeout(120)
class CirclesTest {

  private static final String FAILED = ": errno 29\n";

  @Test
  void aRingThatAllIsReadOfRunsEachOfItsMembersOnce() {
    int members = 200;
    try (Bench bench = new Bench(2)) {
      List<String> argv = new ArrayList<>(List.of("/bin/probe"));
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < members; i++) {
        bench.thunk("/t" + i, "/bin/probe", "cat", "/t" + (i + 1) % members);
        argv.addAll(List.of("cat", "/t" + i));
        expected.append("cat /t").append(i).append(FAILED);
      }
      RunReport report = bench.run(argv.toArray(String[]::new));
      assertEquals(expected.toString(), bench.text(report.outcome().output()));
      assertEquals(members + 1, report.counters().run(), report.counters().toString());
    }
  }

  @Test
  void thePathOfTheCircleIsNamed() {
    try (Bench bench = new Bench(1)) {
      bench
          .thunk("/one", "/bin/probe", "cat", "/two")
          .thunk("/two", "/bin/probe", "say", "x", "cat", "/three")
          .thunk("/three", "/bin/probe", "cat", "/one");
      RunReport report = bench.run("/bin/probe", "say", "x", "cat", "/three");
      assertEquals(
          "kog: /three: it needs the outcome of this very transaction:"
              + " /bin/probe say x cat /three → /bin/probe cat /one → /bin/probe cat /two"
              + " → /bin/probe say x cat /three\n",
          bench.diagnostics(report));
    }
  }

  /// Whoever is read first, each says the same.
  @Test
  void narrowedThunksThatNeedEachOtherSaySo() {
    for (String first : List.of("a", "b", "c")) {
      try (Bench bench = new Bench(2)) {
        bench
            .narrowed("/a", "/bin/probe /b", "/bin/probe", "cat", "/b")
            .narrowed("/b", "/bin/probe /c", "/bin/probe", "cat", "/c")
            .narrowed("/c", "/bin/probe /a", "/bin/probe", "cat", "/a")
            .narrowed("/beside", "/bin/probe /c", "/bin/probe", "say", "x");
        RunReport report =
            bench.run("/bin/probe", "cat", "/" + first, "cat", "/a", "cat", "/beside");
        assertEquals(1, report.counters().run(), report.counters().toString());
        String said = bench.diagnostics(report);
        String path =
            "/bin/probe cat /b → /bin/probe cat /c → /bin/probe cat /a → /bin/probe cat /b";
        assertTrue(said.contains("kog: /a: it needs its own value: " + path + "\n"), said);
        assertTrue(said.contains("kog: /beside: input /c: it needs its own value: "), said);
      }
    }
  }

  /// Each level has both of the next as inputs.
  @Test
  void whatManyNarrowedThunksNeedIsBegunOnce() {
    int levels = 40;
    try (Bench bench = new Bench(2)) {
      for (int i = 0; i < levels; i++) {
        for (String side : List.of("/l", "/r")) {
          String inputs = "/bin/probe /l" + (i + 1) + " /r" + (i + 1);
          bench.narrowed(side + i, inputs, "/bin/probe", "say", side + i);
        }
      }
      bench.bind("/l" + levels, "").bind("/r" + levels, "");
      RunReport report = bench.run("/bin/probe", "cat", "/l0");
      assertEquals("/l0\n", bench.text(report.outcome().output()));
      assertEquals(2 * levels, report.counters().run(), report.counters().toString());
    }
  }

  /// Each thunk reads some others; a model says who ends at which read.
  @Test
  void whoIsOnACircleDoesNotDependOnTheOrder() {
    Seeds.run(CirclesTest.class, 20, random -> readAll(random, false));
  }

  /// Nor on whether what was known of others is believed.
  @Test
  void whoIsOnACircleIsTheSameAfresh() {
    Seeds.run(CirclesTest.class, 20, random -> readAll(random, true));
  }

  private static void readAll(RandomGenerator random, boolean afresh) {
    CircleGraph graph = CircleGraph.random(random);
    try (Bench bench = new Bench(1 + random.nextInt(3))) {
      Transaction transaction = graph.bind(bench).readAll(bench);
      bench.store.put(List.of(transaction.encode()));
      RunReport report = afresh ? bench.runAfresh(transaction.key()) : bench.run(transaction);
      assertEquals(graph.expected(), bench.text(report.outcome().output()));
      assertEquals(graph.size() + 1, report.counters().run(), report.counters().toString());
    }
  }

  /// Nor on whether they are run in the place of who waits for them.
  @Test
  void whoIsOnACircleIsTheSameInPlace() {
    AtomicInteger inPlace = new AtomicInteger();
    Seeds.run(CirclesTest.class, 12, random -> readAllInPlace(random, inPlace));
    assertTrue(inPlace.get() > 0, "nothing was run in place");
  }

  private static void readAllInPlace(RandomGenerator random, AtomicInteger inPlace) {
    CircleGraph graph = CircleGraph.random(random);
    try (Bench bench = new Bench(1 + random.nextInt(3), Duration.ofSeconds(10));
        Bench scratch = new Bench(1)) {
      graph.bind(bench);
      graph.bind(scratch);
      knowThatTheyAreQuick(bench);
      RunReport report = bench.run(graph.readAll(bench));
      assertEquals(graph.expected(), bench.text(report.outcome().output()));
      assertEquals(graph.size() + 1, report.counters().run(), report.counters().toString());
      for (int other : graph.others()) {
        Hash key = bench.transaction(graph.argv(other)).key();
        inPlace.addAndGet(bench.isRecorded(key) ? 0 : 1);
      }
      for (int member : graph.onCircles()) {
        assertSameCircle(scratch, bench, graph.argv(member));
      }
    }
  }

  /// After this, each run of the probe in this namespace takes less time than looking it up.
  private static void knowThatTheyAreQuick(Bench bench) {
    for (int i = 0; i < 20; i++) {
      bench.memos.lookupTakes = Duration.ofMillis(i < 17 ? 0 : 300);
      bench.run("/bin/probe", "say", "warm " + i);
    }
    bench.memos.lookupTakes = Duration.ZERO;
  }

  /// All at once, some from each node: the path names members that only the other node has met.
  @Test
  void thePathOfACircleIsTheSameOnTwoNodes() {
    Seeds.run(CirclesTest.class, 20, CirclesTest::runAllAtOnce);
  }

  private static void runAllAtOnce(RandomGenerator random) throws Exception {
    CircleGraph graph = CircleGraph.random(random);
    try (Pair pair = new Pair(1 + random.nextInt(2), EngineSettings.TRIVIAL_MAX);
        Bench scratch = new Bench(1)) {
      List<Bench> nodes = new ArrayList<>();
      for (int i = 0; i < graph.size(); i++) {
        nodes.add(random.nextBoolean() ? pair.one : pair.two);
      }
      List.of(pair.one, pair.two, scratch).forEach(graph::bind);
      List<CompletableFuture<RunReport>> reports = new ArrayList<>();
      for (int i = 0; i < graph.size(); i++) {
        Transaction transaction = nodes.get(i).transaction(graph.argv(i));
        Bench node = nodes.get(i);
        CompletableFuture<RunReport> report = new CompletableFuture<>();
        reports.add(report);
        Thread.ofVirtual().start(() -> complete(report, () -> node.run(transaction)));
      }
      for (int i = 0; i < graph.size(); i++) {
        RunReport expected = scratch.run(graph.argv(i));
        RunReport report = reports.get(i).get();
        assertSameEnd(scratch, expected, nodes.get(i), report);
      }
    }
  }

  /// It ends long before its run's time is over: as a circle, or since one node has got so many in
  /// a row that they are nested too deep in each other.
  @Test
  void aLongCircleThroughTwoNodesEnds() {
    CircleGraph ring = CircleGraph.ring(1_000, 30_000);
    try (Pair pair = new Pair(2, EngineSettings.TRIVIAL_MAX)) {
      AtomicInteger handed = new AtomicInteger();
      pair.peersOfOne.beforeExecution = handed::incrementAndGet;
      ring.bind(pair.one);
      pair.one.narrowed("/all", "/bin/probe " + ring.paths(), "/bin/probe", "say", "all");
      try {
        assertEquals(
            "cat /all: errno 29\n", pair.one.output("/bin/probe", "cat", "/all", "exit", "0"));
      } catch (Refused e) {
        assertTrue(e.toString().contains("nested deeper than 256"), e.toString());
      }
      assertTrue(handed.get() > 0, "nothing was handed over");
    }
  }

  private static void complete(CompletableFuture<RunReport> report, Supplier<RunReport> run) {
    try {
      report.complete(run.get());
    } catch (RuntimeException e) {
      report.completeExceptionally(e);
    }
  }

  private static void assertSameCircle(Bench scratch, Bench bench, String... argv) {
    assertSameEnd(scratch, scratch.run(argv), bench, bench.run(argv));
  }

  private static void assertSameEnd(
      Bench scratch, RunReport expected, Bench bench, RunReport report) {
    assertEquals(expected.outcome().ending(), report.outcome().ending(), report.toString());
    assertEquals(scratch.diagnostics(expected), bench.diagnostics(report));
    assertEquals(expected.outcome().output(), report.outcome().output());
  }

  /// Nor on how many nodes they run.
  @Test
  void whoIsOnACircleIsTheSameOnTwoNodes() {
    Seeds.run(
        CirclesTest.class, 20, random -> readAllOnTwoNodes(random, EngineSettings.TRIVIAL_MAX));
  }

  @Test
  void whoIsOnACircleIsTheSameOnTwoNodesAndInPlace() {
    Seeds.run(CirclesTest.class, 6, random -> readAllOnTwoNodes(random, Duration.ofSeconds(10)));
  }

  private static void readAllOnTwoNodes(RandomGenerator random, Duration trivialMax) {
    CircleGraph graph = CircleGraph.random(random);
    try (Pair pair = new Pair(1 + random.nextInt(2), trivialMax);
        Bench scratch = new Bench(1)) {
      graph.bind(pair.one);
      graph.bind(pair.two);
      graph.bind(scratch);
      if (trivialMax.compareTo(EngineSettings.TRIVIAL_MAX) > 0) {
        knowThatTheyAreQuick(pair.one);
        knowThatTheyAreQuick(pair.two);
      }
      long before = pair.ran();
      RunReport report = pair.one.run(graph.readAll(pair.one));
      assertEquals(graph.expected(), pair.one.text(report.outcome().output()));
      pair.assertEachRanOnceOnANode(report, graph.size() + 1);
      assertEquals(pair.ran() - before, report.counters().run(), report.toString());
      for (int member : graph.onCircles()) {
        assertSameCircle(scratch, pair.one, graph.argv(member));
      }
    }
  }
}
