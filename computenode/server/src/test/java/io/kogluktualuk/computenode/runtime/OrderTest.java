package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.api.RunRequest;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What runs beside what, and what is stopped with whom. Whatever is said to run here runs until
/// it is cancelled, so that a test which waits for two of them to run does not depend on time.
@Timeout(120)
class OrderTest {

  static final Limits ENDLESS = new Limits(1L << 60, 64L << 20, 1 << 20);

  /// More than the virtual threads' pool has, or makes to stand in for those that are held.
  private static final int WAITING = 300;

  static CompletableFuture<RunReport> start(Bench bench, RunId id, String... argv) {
    Transaction transaction = Transaction.of(bench.root(), List.of(argv), ENDLESS);
    bench.store.put(List.of(transaction.encode()));
    RunRequest request = RunRequest.of(transaction.key(), id, Bench.TIMEOUT);
    CompletableFuture<RunReport> report = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                report.complete(bench.engine.run(request));
              } catch (RuntimeException e) {
                report.completeExceptionally(e);
              }
            });
    return report;
  }

  static void await(Bench bench, RunId id, Predicate<Progress> state) {
    while (!state.test(bench.engine.progress(id, false))) {
      Thread.onSpinWait();
    }
  }

  static void assertCancelled(CompletableFuture<RunReport> run) {
    ExecutionException e = assertThrows(ExecutionException.class, run::get);
    assertTrue(String.valueOf(e.getCause()).contains("cancelled"), e.toString());
  }

  static void awaitIdle(Bench bench) {
    while (bench.engine.status().running() > 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void boundThunksRunInParallel() {
    try (Bench bench = new Bench(3)) {
      bench.thunk("/x", "/bin/probe", "forever").thunk("/y", "/bin/probe", "forever", "say", "y");
      bench.narrowed("/both", "/bin/probe /x /y", "/bin/probe", "say", "done");
      RunId id = new RunId(5, 1);
      CompletableFuture<RunReport> run = start(bench, id, "/bin/probe", "cat", "/both");
      List<String> both = List.of("/bin/probe forever", "/bin/probe forever say y");
      await(bench, id, progress -> progress.programs().equals(both));
      assertTrue(bench.engine.cancel(id));
      assertCancelled(run);
      awaitIdle(bench);
    }
  }

  @Test
  void whatAProgramBindsRunsBesideIt() {
    try (Bench bench = new Bench(3)) {
      RunId id = new RunId(5, 2);
      CompletableFuture<RunReport> run =
          start(
              bench,
              id,
              "/bin/probe need /tmp/a 1 /bin/probe 2 /bin/probe forever bind /tmp/b 2 /bin/probe"
                  .concat(" forever forever")
                  .split(" "));
      await(bench, id, progress -> progress.programs().size() == 3);
      assertTrue(bench.engine.cancel(id));
      assertCancelled(run);
      awaitIdle(bench);
    }
  }

  @Test
  void waitingProgramsHoldNoThread() {
    // One slot is for what they wait for, the other for one after another until it waits.
    try (Bench bench = new Bench(2)) {
      bench.thunk("/endless", "/bin/probe", "forever");
      RunId[] ids = new RunId[WAITING];
      for (int i = 0; i < WAITING; i++) {
        ids[i] = new RunId(6, i + 1);
        start(bench, ids[i], "/bin/probe", "cat", "/endless", "say", "" + i);
      }
      while (bench.engine.status().waiting() < WAITING) {
        Thread.onSpinWait();
      }
      for (RunId id : ids) {
        bench.engine.cancel(id);
      }
      awaitIdle(bench);
      assertEquals("hello\n", bench.output("/bin/hello"));
    }
  }

  @Test
  void whatAnotherRunWantsGoesOnWhenOneIsCancelled() {
    try (Bench bench = new Bench(3)) {
      bench.thunk("/shared", "/bin/probe", "forever").thunk("/own", "/bin/probe", "forever", "own");
      bench.narrowed("/both", "/bin/probe /shared /own", "/bin/probe", "say", "done");
      RunId one = new RunId(7, 1);
      RunId two = new RunId(7, 2);
      CompletableFuture<RunReport> first = start(bench, one, "/bin/probe", "cat", "/both");
      List<String> both = List.of("/bin/probe forever", "/bin/probe forever own");
      await(bench, one, progress -> progress.programs().equals(both));
      CompletableFuture<RunReport> second = start(bench, two, "/bin/probe", "cat", "/shared");
      await(bench, two, progress -> progress.counters().waiting() == 1);
      assertTrue(bench.engine.cancel(one));
      assertCancelled(first);
      while (bench.engine.status().running() > 1) {
        Thread.onSpinWait();
      }
      // It was begun for the first run, and is shown there.
      assertEquals(List.of("/bin/probe forever"), bench.engine.progress(one, false).programs());
      assertTrue(!second.isDone());
      assertTrue(bench.engine.cancel(two));
      assertCancelled(second);
      awaitIdle(bench);
    }
  }
}
