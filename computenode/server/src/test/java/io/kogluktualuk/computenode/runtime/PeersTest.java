package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.runtime.transaction.EngineSettings;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.transaction.Ending;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PeersTest {

  private final InMemoryBlobs store = new InMemoryBlobs();
  private final InMemoryMemos memos = new InMemoryMemos();
  private final NeighbourPeers peersOfOne = new NeighbourPeers(1);
  private final NeighbourPeers peersOfTwo = new NeighbourPeers(1);
  private final Bench one = new Bench(store, memos, 1, peersOfOne);
  private final Bench two = new Bench(store, memos, 1, peersOfTwo);

  PeersTest() {
    peersOfOne.set(two.engine);
    peersOfTwo.set(one.engine);
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  /// Binds what says a number each, and reads them in order.
  ///
  /// @param between what is done before the first is read
  private static String[] fanOut(int width, String... between) {
    List<String> argv = new ArrayList<>(List.of("/bin/probe"));
    for (int i = 0; i < width; i++) {
      argv.addAll(
          List.of(
              "need",
              "/tmp/" + i,
              "1",
              "/bin/probe",
              "5",
              "/bin/probe",
              "spin",
              "20000000",
              "say",
              "" + i));
    }
    argv.addAll(List.of(between));
    for (int i = 0; i < width; i++) {
      argv.addAll(List.of("cat", "/tmp/" + i));
    }
    return argv.toArray(String[]::new);
  }

  private static String numbers(int width) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < width; i++) {
      lines.append(i).append('\n');
    }
    return lines.toString();
  }

  @Test
  void aWideFanOutKeepsBothNodesBusy() {
    RunReport report = one.run(fanOut(40));
    assertEquals(numbers(40), one.text(report.outcome().output()));
    assertEquals(41, report.counters().run(), report.toString());
    assertEquals(0, report.counters().failed());
    assertTrue(one.engine.status().ran() >= 1, one.engine.status().toString());
    assertTrue(two.engine.status().ran() >= 1, two.engine.status().toString());
    assertEquals(41, one.engine.status().ran() + two.engine.status().ran());
    assertEquals(two.engine.status().ran(), report.counters().handedOver());
    assertEquals(41, memos.outcomes.size());
    assertEquals(41, report.disposed().size());
  }

  /// The program keeps the only slot of its node until the neighbour has died, however long that
  /// takes it: so all of its work goes there until then.
  @Test
  void whatADyingPeerLeavesBehindIsRunElsewhere() throws Exception {
    Gate store = new Gate();
    try (Pair pair = new Pair(store, 1, EngineSettings.TRIVIAL_MAX)) {
      pair.one.bind("/gate", Gate.CONTENT);
      pair.peersOfOne.dieAfter(1);
      String[] argv = fanOut(20, "cat", "/gate");
      CompletableFuture<RunReport> run = OrderTest.start(pair.one, new RunId(11, 1), argv);
      while (pair.peersOfOne.executed.get() < 2) {
        Thread.onSpinWait();
      }
      store.open();
      assertEquals("gate\n" + numbers(20), pair.one.text(run.get().outcome().output()));
      assertEquals(2, pair.peersOfOne.executed.get());
    }
  }

  @Test
  void circlesAreSeenAcrossNodes() {
    one.thunk("/a", "/bin/probe", "cat", "/b").thunk("/b", "/bin/probe", "cat", "/a");
    for (int i = 0; i < 5; i++) {
      // While this one keeps the only slot, the circle goes to the neighbour.
      List<String> argv = new ArrayList<>(List.of("/bin/probe", "bind", "/tmp/a", "5"));
      argv.addAll(
          List.of(
              "/bin/probe",
              "cat",
              "/a",
              "say",
              "read",
              "spin",
              "" + (300_000 + i),
              "cat",
              "/tmp/a"));
      RunReport report = one.run(argv.toArray(String[]::new));
      assertEquals("cat /a: errno 29\nread\n", one.text(report.outcome().output()));
    }
  }

  /// Each node has handed a transaction to the other before anybody waits for it; then each of
  /// those waits for one that was on the other's side from the beginning. No node sees the whole
  /// circle by itself.
  @Test
  void aCircleThatClosesOnTwoNodesAtOnceIsSeen() throws Exception {
    Ref nothing = Tree.refOf(Tree.of(Map.of()).encode());
    store.put(List.of(Tree.of(Map.of()).encode()));
    for (Bench bench : List.of(one, two)) {
      // What is bound first in an empty /tmp sees the namespace as it is.
      bench.bind("/tmp", nothing).thunk("/a", halfCircle("/c")).thunk("/c", halfCircle("/a"));
    }
    AtomicInteger handedOver = new AtomicInteger();
    Runnable untilBothWait =
        () -> {
          handedOver.incrementAndGet();
          while (handedOver.get() < 2
              || one.engine.status().running() + two.engine.status().running() > 0) {
            Thread.onSpinWait();
          }
        };
    peersOfOne.beforeExecution = untilBothWait;
    peersOfTwo.beforeExecution = untilBothWait;
    CompletableFuture<RunReport> other =
        CompletableFuture.supplyAsync(() -> two.run(halfCircle("/a")));
    RunReport report = one.run(halfCircle("/c"));
    for (RunReport each : List.of(report, other.get())) {
      assertEquals(new Ending.Invalid(), each.outcome().ending(), each.toString());
    }
    assertTrue(one.diagnostics(report).contains("it needs the outcome of this very transaction"));
    assertTrue(peersOfOne.told.get() + peersOfTwo.told.get() > 0);
    assertEquals(0, memos.outcomes.size());
  }

  private static String[] halfCircle(String other) {
    return new String[] {
      "/bin/probe",
      "bind",
      "/tmp/x",
      "3",
      "/bin/probe",
      "cat",
      other,
      "spin",
      "100000000",
      "cat",
      "/tmp/x"
    };
  }

  @Test
  void aRunIsCancelledWhereverItRuns() throws InterruptedException {
    Thread runner =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    one.run(
                        "/bin/probe",
                        "need",
                        "/tmp/x",
                        "1",
                        "/bin/probe",
                        "2",
                        "/bin/probe",
                        "forever",
                        "need",
                        "/tmp/y",
                        "1",
                        "/bin/probe",
                        "3",
                        "/bin/probe",
                        "forever",
                        "2",
                        "cat",
                        "/tmp/x");
                  } catch (Refused expected) {
                    assertTrue(expected.toString().contains("cancelled"), expected.toString());
                  }
                });
    var id = new RunId(0, 1);
    Progress progress = Progress.UNKNOWN;
    while (progress.counters().running() != 2) {
      progress = one.engine.progress(id, false);
      Thread.onSpinWait();
    }
    assertTrue(one.engine.cancel(id));
    runner.join();
    while (one.engine.status().running() + two.engine.status().running() > 0) {
      Thread.onSpinWait();
    }
    assertEquals(0, memos.outcomes.size());
  }
}
