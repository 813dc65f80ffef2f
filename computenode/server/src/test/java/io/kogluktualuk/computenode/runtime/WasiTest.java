package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.fabric.blob.Kind;
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

  /// What was observed besides the program itself.
  private List<Trace.Step> observed(String... words) {
    List<Trace.Step> steps = bench.trace(bench.run(words));
    return steps.subList(3, steps.size());
  }

  private static Trace.Step looked(String path, Trace.Sort sort) {
    return new Trace.Looked(Trace.Place.of(path), sort);
  }

  @Test
  void ofADirectoryThatIsEnteredOnlyThatItIsOneIsObserved() {
    bench.bind("/data/a", "12345");
    Trace.Step data = looked("/data", Trace.Sort.DIRECTORY);
    assertEquals(List.of(data), observed("/bin/probe", "stat", "/data"));
    assertEquals(List.of(), observed("/bin/probe", "stat", "/"));
    assertEquals(
        List.of(data, looked("/data/b", Trace.Sort.ABSENT)),
        observed("/bin/probe", "stat", "/data/../data/b"));
  }

  @Test
  void ofAFileOnlyWhatIsAskedForIsObserved() {
    bench.bind("/data/a", "12345");
    Trace.Place a = Trace.Place.of("/data/a");
    assertEquals(new Trace.Measured(a, 5), observed("/bin/probe", "stat", "/data/a").getLast());
    List<Trace.Step> opened = observed("/bin/probe", "stat", "/data/a", "cat", "/data/a");
    assertEquals(looked("/data/a", Trace.Sort.FILE), opened.get(1));
    assertEquals(new Trace.Measured(a, 5), opened.get(2));
    assertInstanceOf(Trace.Opened.class, opened.get(3));
    assertEquals(4, opened.size());
    assertEquals(
        4, observed("/bin/probe", "cat", "/data/a", "stat", "/data/a", "ls", "/data").size());
    // Standing in the way of a directory, it is a file and no more.
    assertEquals(
        looked("/data/a", Trace.Sort.FILE), observed("/bin/probe", "cat", "/data/a/b").getLast());
  }

  @Test
  void whatIsChangedIsObservedWhole() {
    bench.bind("/tmp/x", "old").bind("/tmp/d/y", "old").thunk("/tmp/later", "/bin/hello");
    Trace.Step tmp = looked("/tmp", Trace.Sort.DIRECTORY);
    for (String[] words :
        List.of(
            new String[] {"/bin/probe", "new", "/tmp/x", "text"},
            new String[] {"/bin/probe", "mkdir", "/tmp/d"},
            new String[] {"/bin/probe", "rm", "/tmp/x"},
            // A thunk that is removed is not computed.
            new String[] {"/bin/probe", "rm", "/tmp/later"},
            new String[] {"/bin/probe", "mv", "/tmp/d", "/tmp/e", "cat", "/tmp/e/y"})) {
      List<Trace.Step> steps = observed(words);
      assertEquals(tmp, steps.getFirst());
      Trace.Opened whole = assertInstanceOf(Trace.Opened.class, steps.get(1));
      assertEquals(Trace.Place.of("/tmp"), whole.place());
      assertEquals(Kind.TREE, whole.ref().kind());
    }
    assertEquals(1, observed("/bin/probe", "ls", "/data").size());
    assertEquals(
        looked("/tmp/d", Trace.Sort.DIRECTORY), observed("/bin/probe", "stat", "/tmp/d/y").get(1));
  }

  @Test
  void anOutputIsObservedInPartsAsWell() {
    bench.bind("/data/a", "12345");
    List<Trace.Step> steps =
        observed(
            "/bin/probe",
            "bind",
            "/tmp/o",
            "6",
            "/bin/probe",
            "mkdir",
            "/tmp/output",
            "put",
            "/tmp/output/x",
            "text",
            "cat",
            "/tmp/o/x",
            "stat",
            "/tmp/o/y");
    Trace.Place output = Trace.Place.ofOutput(1);
    assertInstanceOf(Trace.Bound.class, steps.get(1));
    assertEquals(output, assertInstanceOf(Trace.Computed.class, steps.get(2)).place());
    assertEquals(new Trace.Looked(output.child("x"), Trace.Sort.FILE), steps.get(3));
    assertEquals(output.child("x"), assertInstanceOf(Trace.Opened.class, steps.get(4)).place());
    assertEquals(new Trace.Looked(output.child("y"), Trace.Sort.ABSENT), steps.get(5));
    assertEquals(6, steps.size());
  }

  @Test
  void whatIsNamedAsOutputIsObservedWhole() {
    bench.bind("/tmp/d/y", "old").bind("/data/a", "12345");
    List<Trace.Step> named = observed("/bin/probe", "out", "/data");
    assertEquals("/data", named.getLast().path());
    assertInstanceOf(Trace.Evaluated.class, named.getLast());
    List<Trace.Step> own = observed("/bin/probe", "put", "/tmp/d/z", "new", "out", "/tmp/d");
    assertEquals(List.of("/tmp", "/tmp"), own.stream().map(Trace.Step::path).toList());
  }

  @Test
  void aProgramMadeForTheOldestEditionRunsToo() {
    bench.bind("/data/a", "12345").bind("/bin/old", Bench.program("old"));
    assertEquals("5 file 5 3 2000\n", bench.output("/bin/old"));
  }
}
