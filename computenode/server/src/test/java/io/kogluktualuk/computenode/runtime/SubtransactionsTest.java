package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.blob.TreePieces;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Trace;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SubtransactionsTest {

  // One slot: whoever waits must have given it back.
  private final Bench bench = new Bench(1);

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void aThunkIsComputedWhenItIsRead() {
    bench.thunk("/greeting", "/bin/hello").thunk("/unread", "/bin/probe", "forever");
    RunReport report = bench.run("/bin/probe", "cat", "/greeting", "cat", "/greeting");
    assertEquals("hello\nhello\n", bench.text(report.outcome().output()));
    assertEquals(2, report.counters().run());
    List<Trace.Step> steps = bench.trace(report);
    assertInstanceOf(Trace.Opened.class, steps.getLast());
    Trace.Computed computed = assertInstanceOf(Trace.Computed.class, steps.get(steps.size() - 2));
    assertEquals("/greeting", computed.path());
    assertTrue(bench.isRecorded(computed.key()));
  }

  @Test
  void thunksReadThunksThroughTheNamespaceInWhichTheyStand() {
    bench
        .bind("/data/a", "alpha\n")
        .thunk("/one", "/bin/probe", "cat", "/data/a", "cat", "/data/a")
        .thunk("/two", "/bin/probe", "cat", "/one", "cat", "/one")
        .thunk("/three", "/bin/probe", "cat", "/two", "cat", "/two");
    assertEquals("alpha\n".repeat(8), bench.output("/bin/probe", "cat", "/three"));
  }

  @Test
  void aProgramCanBeComputed() {
    bench.thunk("/bin/made", "/bin/probe", "cat", "/bin/hello");
    RunReport report = bench.run("/bin/made");
    assertEquals("hello\n", bench.text(report.outcome().output()));
    // The directory, the thunk in it, its output, and what that is.
    assertInstanceOf(Trace.Computed.class, bench.trace(report).get(2));
  }

  @Test
  void boundThunksAreComputedInParallelAndRead() {
    RunReport report =
        bench.run(
            "/bin/probe",
            "put",
            "/tmp/in",
            "text\n",
            "bind",
            "/tmp/a",
            "3",
            "/bin/probe",
            "cat",
            "/tmp/in",
            "need",
            "/tmp/b",
            "2",
            "/bin/probe",
            "/tmp/in",
            "5",
            "/bin/probe",
            "cat",
            "/tmp/in",
            "cat",
            "/tmp/in",
            "cat",
            "/tmp/b",
            "cat",
            "/tmp/a",
            "ls",
            "/tmp");
    assertEquals("text\ntext\ntext\na?\nb?\nin\n", bench.text(report.outcome().output()));
    List<Trace.Step> steps = bench.trace(report);
    assertEquals(
        List.of(
            "Looked",
            "Looked",
            "Opened",
            "Looked",
            "Bound",
            "Bound",
            "Computed",
            "Opened",
            "Computed",
            "Opened"),
        steps.stream()
            .map(step -> step.getClass().getSimpleName().replace("Needed", "Bound"))
            .toList());
    assertEquals(new Trace.Looked(Trace.Place.of("/tmp"), Trace.Sort.ABSENT), steps.get(3));
    assertEquals(Trace.Place.ofOutput(2), ((Trace.Computed) steps.get(6)).place());
    assertEquals("/tmp/b", new Trace(steps).paths().get(7));
  }

  @Test
  void aNarrowedThunkHasTheSameKeyWhateverElseChanges() {
    bench
        .bind("/data/a", "alpha\n")
        .bind("/data/b", "beta\n")
        .narrowed("/sum", "/bin/probe /data/a", "/bin/probe", "ls", "/", "ls", "/data");
    RunReport first = bench.run("/bin/probe", "cat", "/sum");
    assertEquals("bin/\ndata/\ntmp/\na\n", bench.text(first.outcome().output()));
    bench.bind("/data/b", "changed\n");
    RunReport second = bench.run("/bin/probe", "cat", "/sum");
    assertEquals(computed(first), computed(second));
    bench.bind("/data/a", "changed\n");
    RunReport third = bench.run("/bin/probe", "cat", "/sum");
    assertNotEquals(computed(first), computed(third));
    assertEquals(first.outcome().output(), third.outcome().output());
  }

  private Hash computed(RunReport report) {
    return bench.trace(report).stream()
        .filter(Trace.Computed.class::isInstance)
        .map(step -> ((Trace.Computed) step).key())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aNarrowedThunkSeesItsInputsUnderTheirNames() {
    bench.bind("/data/a", "alpha\n").thunk("/data/b", "/bin/hello");
    bench.narrowed(
        "/renamed",
        "/bin/probe /x/one=/data/a /x/two=/data/b",
        "/bin/probe",
        "cat",
        "/x/one",
        "cat",
        "/x/two",
        "cat",
        "/data/a");
    assertEquals(
        "alpha\nhello\ncat /data/a: errno 44\n", bench.output("/bin/probe", "cat", "/renamed"));
  }

  @Test
  void inputsOfBoundThunksAreTakenAsTheyAre() {
    assertEquals(
        "first\nsecond\n",
        bench.output(
            "/bin/probe",
            "put",
            "/tmp/in",
            "first\n",
            "need",
            "/tmp/a",
            "2",
            "/bin/probe",
            "/in=/tmp/in",
            "3",
            "/bin/probe",
            "cat",
            "/in",
            "put",
            "/tmp/in",
            "second\n",
            "cat",
            "/tmp/a",
            "cat",
            "/tmp/in"));
  }

  @Test
  void boundThunksFeedEachOther() {
    assertEquals(
        "hello\nhello\nhello\nhello\n",
        bench.output(
            "/bin/probe",
            "need",
            "/tmp/a",
            "1",
            "/bin/hello",
            "1",
            "/bin/hello",
            "need",
            "/tmp/b",
            "2",
            "/bin/probe",
            "/a=/tmp/a",
            "5",
            "/bin/probe",
            "cat",
            "/a",
            "cat",
            "/a",
            "need",
            "/tmp/c",
            "2",
            "/bin/probe",
            "/b=/tmp/b",
            "5",
            "/bin/probe",
            "cat",
            "/b",
            "cat",
            "/b",
            "cat",
            "/tmp/c"));
  }

  @Test
  void anOutputIsADirectoryWithoutThunks() {
    RunReport report =
        bench.run(
            "/bin/probe",
            "mkdir",
            "/tmp/o",
            "put",
            "/tmp/o/x",
            "1",
            "mkdir",
            "/tmp/o/sub",
            "bind",
            "/tmp/o/sub/later",
            "1",
            "/bin/hello",
            "out",
            "/tmp/o",
            "put",
            "/tmp/o/y",
            "2");
    assertEquals(Kind.TREE, report.outcome().output().kind());
    var tree = tree(bench, report.outcome().output());
    assertEquals(List.of("sub", "x", "y"), List.copyOf(tree.entries().keySet()));
    var sub = tree(bench, entry(tree, "sub"));
    assertEquals("hello\n", bench.text(entry(sub, "later")));
  }

  @Test
  void anOutputCanBeAThunkOrAGivenDirectory() {
    bench.bind("/data/a", "1").thunk("/data/b", "/bin/hello");
    RunReport report =
        bench.run("/bin/probe", "bind", "/tmp/x", "1", "/bin/hello", "out", "/tmp/x");
    assertEquals("hello\n", bench.text(report.outcome().output()));
    RunReport given = bench.run("/bin/probe", "out", "/data");
    var tree = tree(bench, given.outcome().output());
    assertEquals("hello\n", bench.text(entry(tree, "b")));
    assertEquals("out /nope: errno 44\n", bench.output("/bin/probe", "out", "/nope"));
  }

  @Test
  void aFailedThunkIsAnErrorToWhoReadsIt() {
    bench
        .thunk("/fails", "/bin/probe", "say", "no", "exit", "7")
        .thunk("/crashes", "/bin/probe", "crash")
        .narrowed("/starves", "/bin/probe /crashes", "/bin/probe", "cat", "/crashes")
        .narrowed("/lacks", "/bin/probe /nope", "/bin/probe");
    RunReport report =
        bench.run(
            "/bin/probe",
            "cat",
            "/fails",
            "cat",
            "/crashes",
            "cat",
            "/starves",
            "cat",
            "/lacks",
            "cat",
            "/fails");
    assertEquals(
        "cat /fails: errno 29\ncat /crashes: errno 29\ncat /starves: errno 29\n"
            + "cat /lacks: errno 29\ncat /fails: errno 29\n",
        bench.text(report.outcome().output()));
    List<Trace.Failed> failed =
        bench.trace(report).stream()
            .filter(Trace.Failed.class::isInstance)
            .map(Trace.Failed.class::cast)
            .toList();
    assertEquals(
        List.of("/fails", "/crashes", "/starves", "/lacks"),
        failed.stream().map(Trace.Failed::path).toList());
    assertEquals(
        "kog: /fails: /bin/probe say no exit 7 exited with status 7\n"
            + "kog: /crashes: /bin/probe crash trapped: it executed an unreachable instruction\n"
            + "kog: /starves: input /crashes: /bin/probe crash"
            + " trapped: it executed an unreachable instruction\n"
            + "kog: /lacks: input /nope: /nope is not there\n",
        bench.diagnostics(report));
  }

  private static Tree tree(Bench bench, Ref ref) {
    return (Tree) TreePieces.of(bench.store).get(ref);
  }

  private static Ref entry(Tree tree, String name) {
    return Objects.requireNonNull(tree.get(name));
  }

  @Test
  void anOutputThatCannotBeComputedIsNoOutput() {
    RunReport report =
        bench.run(
            "/bin/probe",
            "mkdir",
            "/tmp/o",
            "bind",
            "/tmp/o/x",
            "2",
            "/bin/probe",
            "crash",
            "out",
            "/tmp/o");
    assertEquals(new Ending.Invalid(), report.outcome().ending());
    assertTrue(bench.diagnostics(report).startsWith("kog: output /tmp/o: /bin/probe crash "));
  }

  @Test
  void whoNeedsItselfIsToldSo() {
    bench.thunk("/a", "/bin/probe", "cat", "/b").thunk("/b", "/bin/probe", "cat", "/a");
    bench.thunk("/self", "/bin/probe", "cat", "/self");
    for (int i = 0; i < 20; i++) {
      RunReport report = bench.run("/bin/probe", "cat", "/b", "cat", "/self");
      assertEquals(
          "cat /b: errno 29\ncat /self: errno 29\n", bench.text(report.outcome().output()));
    }
    RunReport inside = bench.run("/bin/probe", "cat", "/a");
    assertEquals(new Ending.Invalid(), inside.outcome().ending());
    assertEquals(
        "kog: /a: it needs the outcome of this very transaction:"
            + " /bin/probe cat /a → /bin/probe cat /b → /bin/probe cat /a\n",
        bench.diagnostics(inside));
    assertFalse(bench.isRecorded(inside.key()));
    assertEquals(Disposition.RUN, bench.run("/bin/probe", "cat", "/a").disposition());
  }

  @Test
  void aThunkThatIsNotReadMayNeedItsMaker() {
    // Its namespace is as given until it has written something: the thunk is the transaction.
    bench.narrowed("/fine", "/bin/probe", "/bin/probe", "again", "0");
    assertEquals("done\n", bench.output("/bin/probe", "cat", "/fine"));
    bench.narrowed("/circle", "/bin/probe", "/bin/probe", "again", "1");
    RunReport report = bench.run("/bin/probe", "cat", "/circle");
    assertEquals("cat /circle: errno 29\n", bench.text(report.outcome().output()));
  }

  @Test
  void nestingWithoutEndIsRefused() {
    // Each namespace differs from the one around it, so no two keys are the same.
    Refused refused =
        assertThrows(Refused.class, () -> bench.run("/bin/probe", "dive", "/bin/probe"));
    assertTrue(String.valueOf(refused.getMessage()).contains("nested deeper than 256"));
  }
}
