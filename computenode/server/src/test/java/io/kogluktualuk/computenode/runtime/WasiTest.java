package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Trace;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What WASI's functions answer: the guest `wasi.c` checks, one topic after the other. And what of
/// the namespace is observed by it.
@Timeout(60)
class WasiTest {

  private final Bench bench = new Bench(1);

  @AfterEach
  void close() {
    bench.close();
  }

  @ParameterizedTest
  @CsvSource({
    "paths, 43",
    "changes, 62",
    "files, 99",
    "descriptors, 45",
    "directories, 319",
    "polls, 45",
    "process, 24",
    "nest, 2"
  })
  void answersAsDocumented(String topic, int checks) {
    bench
        .bind("/data/a", "12345")
        .bind("/data/sub/b", "x")
        .bind("/data/long", "0123456789".repeat(50_000));
    RunReport report = bench.run("/bin/wasi", topic);
    assertEquals(checks + " checks\n", bench.text(report.outcome().output()));
    assertEquals(new Ending.Exited(0), report.outcome().ending());
  }

  private List<Trace.Step> observed(String... words) {
    List<Trace.Step> steps = bench.trace(bench.run(words));
    return steps.subList(1, steps.size());
  }

  @Test
  void ofADirectoryThatIsEnteredOnlyThatItIsOneIsObserved() {
    bench.bind("/data/a", "12345");
    assertEquals(List.of(new Trace.Directory("/data")), observed("/bin/probe", "stat", "/data"));
    assertEquals(List.of(), observed("/bin/probe", "stat", "/"));
    assertEquals(
        List.of(new Trace.Directory("/data"), new Trace.Absent("/data/b")),
        observed("/bin/probe", "stat", "/data/../data/b"));
  }

  @Test
  void whatStandsInTheWayOfAChangeIsObserved() {
    bench.bind("/tmp/x", "old").bind("/tmp/d/y", "old").thunk("/tmp/later", "/bin/hello");
    var tmp = new Trace.Directory("/tmp");
    List<Trace.Step> steps = observed("/bin/probe", "new", "/tmp/x", "text");
    assertEquals(List.of("/tmp", "/tmp/x"), steps.stream().map(Trace.Step::path).toList());
    assertEquals(
        List.of(tmp, new Trace.Directory("/tmp/d")), observed("/bin/probe", "mkdir", "/tmp/d"));
    assertEquals(
        List.of(tmp, new Trace.Directory("/tmp/d"), new Trace.Absent("/tmp/d/e")),
        observed("/bin/probe", "put", "/tmp/d/e/f", "text"));
    assertEquals(
        List.of("/tmp", "/tmp/x"),
        observed("/bin/probe", "rm", "/tmp/x").stream().map(Trace.Step::path).toList());
    // A thunk that is removed was there, and is not computed.
    List<Trace.Step> removed = observed("/bin/probe", "rm", "/tmp/later");
    assertEquals(tmp, removed.getFirst());
    assertEquals(Trace.Found.class, removed.get(1).getClass());
  }

  @Test
  void whatIsMovedOrNamedAsOutputIsObservedWhole() {
    bench.bind("/tmp/d/y", "old").bind("/data/a", "12345");
    var d = bench.root();
    List<Trace.Step> moved = observed("/bin/probe", "mv", "/tmp/d", "/tmp/e", "cat", "/tmp/e/y");
    assertEquals(
        List.of(
            Trace.Directory.class, Trace.Directory.class, Trace.Absent.class, Trace.Found.class),
        moved.stream().map(Object::getClass).toList(),
        () -> d + " " + moved);
    assertEquals("/tmp/d", moved.get(3).path());
    List<Trace.Step> named = observed("/bin/probe", "put", "/tmp/d/z", "new", "out", "/tmp/d");
    assertEquals("/tmp/d", named.getLast().path());
    assertEquals(Trace.Found.class, named.getLast().getClass());
  }

  @Test
  void aProgramMadeForTheOldestEditionRunsToo() {
    bench.bind("/data/a", "12345").bind("/bin/old", Bench.program("old"));
    assertEquals("5 file 5 3 2000\n", bench.output("/bin/old"));
  }
}
