package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.api.RunRequest;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.transaction.Trap;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LimitsTest {

  private static final Limits SMALL = new Limits(20_000_000, 4L << 20, 100_000);

  private final Bench bench = new Bench(1);

  @AfterEach
  void close() {
    bench.close();
  }

  private RunReport runSmall(String... argv) {
    return bench.run(Transaction.of(bench.root(), List.of(argv), SMALL));
  }

  private void assertTraps(Trap trap, RunReport report) {
    assertEquals(new Ending.Trapped(trap), report.outcome().ending());
    assertEquals(0, report.outcome().output().length());
    assertTrue(bench.diagnostics(report).endsWith("was stopped: " + trap.words() + "\n"));
    assertTrue(bench.isRecorded(report.key()));
  }

  @Test
  void fuelRunsOut() {
    RunReport report = runSmall("/bin/probe", "forever");
    assertTraps(Trap.OUT_OF_FUEL, report);
    assertEquals(20_000_000, report.outcome().fuelUsed());
  }

  @Test
  void outputIsLimitedWhereverItGoes() {
    assertTraps(Trap.OUTPUT_LIMIT, runSmall("/bin/probe", "fill", "/tmp/x", "100001", "1"));
    assertTraps(
        Trap.OUTPUT_LIMIT,
        runSmall("/bin/probe", "put", "/tmp/x", "x", "rewrite", "/tmp/x", "1000000000000", "y"));
    assertTraps(
        Trap.OUTPUT_LIMIT,
        runSmall("/bin/probe", "fill", "/tmp/x", "60000", "1", "join", "/tmp/y", "/tmp/x"));
    assertEquals(
        new Ending.Exited(0),
        runSmall("/bin/probe", "fill", "/tmp/x", "100000", "1").outcome().ending());
  }

  @Test
  void snapshotsCountAsOutput() {
    // Each bind writes a tree of all names before it.
    String[] argv = new String[1 + 4 * 200];
    argv[0] = "/bin/probe";
    for (int i = 0; i < 200; i++) {
      System.arraycopy(
          new String[] {"bind", "/tmp/a-long-enough-name-" + i, "1", "/bin/nothing"},
          0,
          argv,
          1 + 4 * i,
          4);
    }
    assertTraps(Trap.OUTPUT_LIMIT, runSmall(argv));
    assertTrue(bench.run(argv).outcome().ending().isSuccess());
  }

  @Test
  void depthAndMemoryAreLimited() {
    assertTraps(Trap.STACK_OVERFLOW, runSmall("/bin/probe", "deep", "1000000"));
    RunReport report = runSmall("/bin/probe", "grow", "say", "enough");
    assertEquals("enough\n", bench.text(report.outcome().output()));
  }

  @Test
  void badCallsTrap() {
    bench.bind("/data/a", "alpha");
    assertTraps(Trap.UNREACHABLE, runSmall("/bin/probe", "crash"));
    assertTraps(Trap.BAD_HOST_CALL, runSmall("/bin/probe", "pointer"));
    assertTraps(Trap.OUT_OF_BOUNDS, runSmall("/bin/probe", "beyond", "/data/a"));
  }

  @Test
  void onlySoMuchOfStandardErrorIsKept() {
    String line = "x".repeat(1000);
    String[] argv = new String[1 + 2 * 1100];
    argv[0] = "/bin/probe";
    for (int i = 1; i < argv.length; i += 2) {
      argv[i] = "err";
      argv[i + 1] = line;
    }
    RunReport report = bench.run(argv);
    String kept = bench.diagnostics(report);
    assertTrue(kept.endsWith("\nkog: 51424 more bytes of standard error were not kept\n"));
    assertEquals(1 << 20, kept.indexOf('\n'));
  }

  @Test
  void aRunEndsAtItsDeadlineAndIsNotRecorded() {
    bench.thunk("/endless", "/bin/probe", "forever");
    Transaction endless =
        Transaction.of(
            bench.root(),
            List.of("/bin/probe", "cat", "/endless"),
            new Limits(1L << 60, 64L << 20, 1 << 20));
    assertThrows(DeadlineExceeded.class, () -> bench.run(endless, Duration.ofMillis(300)));
    assertFalse(bench.isRecorded(endless.key()));
    // The slot is free again.
    assertEquals("hello\n", bench.output("/bin/hello"));
  }

  @Test
  void aRunCanBeWatchedAndCancelled() throws Exception {
    bench.thunk("/endless", "/bin/probe", "forever");
    Transaction endless =
        Transaction.of(
            bench.root(),
            List.of("/bin/probe", "cat", "/endless"),
            new Limits(1L << 60, 64L << 20, 1 << 20));
    bench.store.put(List.of(endless.encode()));
    RunId id = new RunId(7, 7);
    CompletableFuture<RunReport> running =
        CompletableFuture.supplyAsync(
            () -> bench.engine.run(RunRequest.of(endless.key(), id, Bench.TIMEOUT)));
    Progress progress = Progress.UNKNOWN;
    // Its parts are read one after the other, while the run goes on.
    while (progress.counters().running() != 1
        || progress.counters().waiting() != 1
        || !progress.programs().contains("/bin/probe forever")) {
      progress = bench.engine.progress(id, false);
      Thread.onSpinWait();
    }
    assertEquals(2, progress.counters().started());
    assertTrue(bench.engine.cancel(id));
    ExecutionException e = assertThrows(ExecutionException.class, running::get);
    assertTrue(e.getCause() instanceof Refused, e.toString());
    assertEquals("hello\n", bench.output("/bin/hello"));
    assertEquals(0, bench.engine.status().running());
    assertFalse(bench.engine.cancel(new RunId(9, 9)));
  }

  @Test
  void whatNobodyReadsIsCancelledInTheEnd() {
    RunReport report =
        bench.run(
            Transaction.of(
                bench.root(),
                List.of("/bin/probe", "bind", "/tmp/x", "2", "/bin/probe", "forever", "say", "bye"),
                new Limits(1L << 60, 64L << 20, 1 << 20)));
    assertEquals("bye\n", bench.text(report.outcome().output()));
    assertEquals("hello\n", bench.output("/bin/hello"));
  }
}
