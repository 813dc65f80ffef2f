package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.runtime.transaction.EngineSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is stopped with whom when it runs on another node. What is said to run here runs until it
/// is cancelled; a test that waits for its end has a program that is not stopped fail it.
@Timeout(120)
class OrderAcrossNodesTest {

  private static void awaitRunning(Bench bench, int programs) {
    while (bench.engine.status().running() != programs) {
      Thread.onSpinWait();
    }
  }

  @Test
  void whatNobodyReadsIsGivenUpWhereItRuns() throws Exception {
    Gate store = new Gate();
    try (Pair pair = new Pair(store, 1, EngineSettings.TRIVIAL_MAX)) {
      pair.one.bind("/gate", Gate.CONTENT);
      CompletableFuture<RunReport> run =
          OrderTest.start(
              pair.one,
              new RunId(8, 1),
              "/bin/probe need /tmp/x 1 /bin/probe 2 /bin/probe forever cat /gate".split(" "));
      awaitRunning(pair.two, 1);
      store.open();
      RunReport report = run.get();
      assertEquals("gate\n", pair.one.text(report.outcome().output()));
      assertEquals(1, report.counters().run(), report.toString());
      awaitRunning(pair.two, 0);
      assertTrue(pair.peersOfOne.dropped.get() > 0);
      assertEquals(1, pair.ran());
    }
  }

  /// A run that each of two nodes has handed something of to the other is cancelled on both, and
  /// they do not go on telling each other.
  @Test
  void aRunIsCancelledOnceOnEachNode() throws Exception {
    try (Pair pair = new Pair(2, EngineSettings.TRIVIAL_MAX)) {
      RunId id = new RunId(9, 1);
      RunId filler = new RunId(9, 2);
      String[] fills = {"/bin/probe", "forever", "fill"};
      CompletableFuture<RunReport> filling = OrderTest.start(pair.one, filler, fills);
      awaitRunning(pair.one, 1);
      CompletableFuture<RunReport> first = OrderTest.start(pair.one, id, binding("a"));
      awaitRunning(pair.two, 1);
      assertTrue(pair.one.engine.cancel(filler));
      OrderTest.assertCancelled(filling);
      awaitRunning(pair.one, 1);
      CompletableFuture<RunReport> second = OrderTest.start(pair.two, id, binding("b"));
      awaitRunning(pair.two, 2);
      awaitRunning(pair.one, 2);
      assertTrue(pair.one.engine.cancel(id));
      OrderTest.assertCancelled(first);
      OrderTest.assertCancelled(second);
      OrderTest.awaitIdle(pair.one);
      OrderTest.awaitIdle(pair.two);
      assertEquals("hello\n", pair.one.output("/bin/hello"));
      assertEquals(1, pair.peersOfOne.cancelled.get());
      assertTrue(pair.peersOfTwo.cancelled.get() <= 1, pair.peersOfTwo.cancelled.toString());
    }
  }

  @Test
  void twoNodesThatHandTheSameToEachOtherDoNotWaitForEachOther() throws Exception {
    try (Pair pair = new Pair(1, EngineSettings.TRIVIAL_MAX)) {
      List<Bench> nodes = List.of(pair.one, pair.two);
      RunId filler = new RunId(10, 1);
      List<CompletableFuture<RunReport>> fillings = new ArrayList<>();
      for (Bench node : nodes) {
        fillings.add(OrderTest.start(node, filler, "/bin/probe", "forever"));
        awaitRunning(node, 1);
      }
      AtomicInteger handed = new AtomicInteger();
      Runnable untilBothAreUnderWay =
          () -> {
            handed.incrementAndGet();
            while (handed.get() < 2
                || pair.one.engine.status().running() + pair.two.engine.status().running() > 0) {
              Thread.onSpinWait();
            }
          };
      pair.peersOfOne.beforeExecution = untilBothAreUnderWay;
      pair.peersOfTwo.beforeExecution = untilBothAreUnderWay;
      List<CompletableFuture<RunReport>> same = new ArrayList<>();
      for (Bench node : nodes) {
        same.add(OrderTest.start(node, new RunId(10, 2), "/bin/probe", "say", "x"));
      }
      while (handed.get() < 2) {
        Thread.onSpinWait();
      }
      pair.peersOfOne.beforeExecution = () -> {};
      pair.peersOfTwo.beforeExecution = () -> {};
      nodes.forEach(node -> node.engine.cancel(filler));
      for (CompletableFuture<RunReport> filling : fillings) {
        OrderTest.assertCancelled(filling);
      }
      for (CompletableFuture<RunReport> each : same) {
        assertEquals("x\n", pair.one.text(each.get().outcome().output()));
      }
    }
  }

  private static String[] binding(String name) {
    String line = "/bin/probe need /tmp/x 1 /bin/probe 3 /bin/probe forever NAME forever NAME";
    return line.replace("NAME", name).split(" ");
  }
}
