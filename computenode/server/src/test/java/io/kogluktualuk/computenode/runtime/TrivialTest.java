package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.api.RunRequest;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Subtransactions that are run in less time than it takes to look them up: here all that are
/// known to take less than some milliseconds.
@Timeout(120)
class TrivialTest {

  private static final int WARM_UP = 120;

  private final Bench bench = new Bench(2, Duration.ofSeconds(10));

  /// After this the engine knows that probe and hello are quick.
  @BeforeEach
  void warmUp() {
    bench.memos.lookupTakes = Duration.ofMillis(30);
    bench.run(fan("warm", WARM_UP));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private static String[] fan(String salt, int count) {
    List<String> argv = new ArrayList<>(List.of("/bin/probe"));
    for (int i = 0; i < count; i++) {
      String path = "/tmp/" + i;
      String text = salt + " " + i;
      argv.addAll(List.of("need", path, "1", "/bin/probe", "3", "/bin/probe", "say", text));
      argv.addAll(List.of("cat", path));
    }
    return argv.toArray(String[]::new);
  }

  private List<Hash> computed(RunReport report) {
    return bench.trace(report).stream()
        .filter(Trace.Computed.class::isInstance)
        .map(step -> ((Trace.Computed) step).key())
        .toList();
  }

  @Test
  void theyAreRunAndNotRecordedAndTheOutcomeIsTheSame() {
    RunReport report = bench.run(fan("x", 5));
    assertEquals("x 0\nx 1\nx 2\nx 3\nx 4\n", bench.text(report.outcome().output()));
    assertEquals(6, report.counters().run());
    assertEquals(5, computed(report).size());
    assertTrue(bench.isRecorded(report.key()));
    computed(report).forEach(key -> assertFalse(bench.isRecorded(key), key.toString()));
    assertEquals(bench.runAfresh(report.key()).outcome(), report.outcome());
    computed(report).forEach(key -> assertTrue(bench.isRecorded(key), "that runs and records"));
  }

  @Test
  void whatBecomesPartOfAnotherValueIsRecorded() {
    RunReport report =
        bench.run(
            "/bin/probe",
            "need",
            "/tmp/a",
            "1",
            "/bin/probe",
            "3",
            "/bin/probe",
            "say",
            "part",
            "need",
            "/tmp/b",
            "1",
            "/bin/probe",
            "3",
            "/bin/probe",
            "say",
            "read",
            "need",
            "/tmp/c",
            "2",
            "/bin/probe",
            "/a=/tmp/a",
            "3",
            "/bin/probe",
            "cat",
            "/a",
            "cat",
            "/tmp/a",
            "cat",
            "/tmp/b",
            "cat",
            "/tmp/c");
    assertEquals("part\nread\npart\n", bench.text(report.outcome().output()));
    List<Hash> keys = computed(report);
    assertTrue(bench.isRecorded(keys.get(0)), "what another has as its input");
    assertFalse(bench.isRecorded(keys.get(1)), "what was read only");
  }

  @Test
  void eachIsRunOnceHoweverManyReadIt() {
    int levels = 30;
    for (int i = 0; i < levels; i++) {
      for (String name : List.of("/l", "/r")) {
        List<String> argv = new ArrayList<>(List.of("/bin/probe"));
        for (String side : List.of("l", "r")) {
          argv.addAll(List.of("slice", "/tmp/" + side, "/" + side + (i + 1), "0", "0"));
        }
        argv.addAll(List.of("say", name + i));
        bench.thunk(name + i, argv.toArray(String[]::new));
      }
    }
    bench.bind("/l" + levels, "").bind("/r" + levels, "");
    // The deepest first: after some of them the program is known to be quick in this namespace too.
    List<String> all = new ArrayList<>(List.of("/bin/probe"));
    for (int i = levels - 1; i >= 0; i--) {
      all.addAll(List.of("cat", "/l" + i));
    }
    RunReport report = bench.run(all.toArray(String[]::new));
    assertEquals(2 * levels, report.counters().run(), report.counters().toString());
  }

  @Test
  void oneThatTakesLongAfterAllIsCancelledWithItsReader() {
    Transaction transaction =
        Transaction.of(
            bench.root(),
            List.of(
                "/bin/probe",
                "need",
                "/tmp/x",
                "1",
                "/bin/probe",
                "2",
                "/bin/probe",
                "forever",
                "cat",
                "/tmp/x"),
            new Limits(1L << 60, Bench.LIMITS.memoryBytes(), Bench.LIMITS.outputBytes()));
    bench.store.put(List.of(transaction.encode()));
    RunId id = new RunId(8, 8);
    CompletableFuture<RunReport> run =
        CompletableFuture.supplyAsync(
            () -> bench.engine.run(RunRequest.of(transaction.key(), id, Bench.TIMEOUT)));
    Progress progress = Progress.UNKNOWN;
    while (progress.counters().started() != 2) {
      progress = bench.engine.progress(id, false);
      Thread.onSpinWait();
    }
    assertTrue(bench.engine.cancel(id));
    ExecutionException e = assertThrows(ExecutionException.class, run::get);
    assertTrue(e.getCause() instanceof Refused, e.toString());
    while (bench.engine.status().running() > 0) {
      Thread.onSpinWait();
    }
    assertEquals(Disposition.RUN, bench.run(fan("after", 1)).disposition());
  }
}
