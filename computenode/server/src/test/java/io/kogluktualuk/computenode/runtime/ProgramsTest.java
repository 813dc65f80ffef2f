package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Trace;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProgramsTest {

  private final Bench bench = new Bench(2);

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void aProgramSaysHello() {
    RunReport report = bench.run("/bin/hello");
    assertEquals(new Ending.Exited(0), report.outcome().ending());
    assertEquals("hello\n", bench.text(report.outcome().output()));
    assertEquals("", bench.diagnostics(report));
    assertEquals(Disposition.RUN, report.disposition());
    assertTrue(report.outcome().fuelUsed() > 1000, report.toString());
    assertTrue(bench.isRecorded(report.key()));
  }

  @Test
  void theSecondTimeIsAHit() {
    RunReport first = bench.run("/bin/hello");
    RunReport second = bench.run("/bin/hello");
    assertEquals(Disposition.HIT, second.disposition());
    assertEquals(first.outcome(), second.outcome());
    assertEquals(0, second.counters().run());
  }

  @Test
  void itReadsFiles() {
    bench.bind("/data/a", "alpha\n").bind("/data/b", "beta\n");
    RunReport report = bench.run("/bin/probe", "cat", "/data/b", "cat", "data/a", "cat", "/nope");
    assertEquals("beta\nalpha\ncat /nope: errno 44\n", bench.text(report.outcome().output()));
    List<String> paths = bench.trace(report).stream().map(Trace.Step::path).toList();
    assertEquals(
        List.of(
            "/bin",
            "/bin/probe",
            "/bin/probe",
            "/data",
            "/data/b",
            "/data/b",
            "/data/a",
            "/data/a",
            "/nope"),
        paths);
    assertEquals(
        new Trace.Looked(Trace.Place.of("/nope"), Trace.Sort.ABSENT),
        bench.trace(report).getLast());
  }

  @Test
  void itWalksDirectories() {
    bench.bind("/data/z", "").bind("/data/ä", "x").bind("/data/B/c", "y").bind("/zoo", "");
    bench.thunk("/data/later", "/bin/hello");
    assertEquals("B/\nlater?\nz\nä\n", bench.output("/bin/probe", "ls", "/data"));
    assertEquals("bin/\ndata/\ntmp/\nzoo\n", bench.output("/bin/probe", "ls", "/"));
    assertEquals("", bench.output("/bin/probe", "ls", "/tmp"));
    assertEquals(
        "ls /data/z: errno 54\nls /x: errno 44\n",
        bench.output("/bin/probe", "ls", "/data/z", "ls", "/x"));
  }

  @Test
  void itListsDirectoriesLongerThanItsBuffer() {
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      String name = String.format("%05d-with-a-rather-long-name", i);
      bench.bind("/many/" + name, "");
      expected.append(name).append('\n');
    }
    assertEquals(expected.toString(), bench.output("/bin/probe", "ls", "/many"));
  }

  @Test
  void itAsksForSizesAndKinds() {
    bench.bind("/data/a", "12345").thunk("/later", "/bin/hello");
    assertEquals(
        "file 5\ndirectory 0\nfile 6\nstat /nope: errno 44\nstat /data/a/b: errno 54\n",
        bench.output(
            "/bin/probe",
            "stat",
            "/data/a",
            "stat",
            "/data",
            "stat",
            "/later",
            "stat",
            "/nope",
            "stat",
            "/data/a/b"));
  }

  @Test
  void itWritesBelowTmpOnly() {
    bench.bind("/data/a", "alpha");
    assertEquals(
        "put /data/a: errno 2\nput /new: errno 2\nmkdir /dir: errno 2\nput /tmp/no/x: errno 44\n",
        bench.output(
            "/bin/probe",
            "put",
            "/data/a",
            "x",
            "put",
            "/new",
            "x",
            "mkdir",
            "/dir",
            "put",
            "/tmp/no/x",
            "x"));
    assertEquals(
        "onetwo\nfile 6\nsub/\nx\ny\nmv /tmp/x: errno 31\n",
        bench.output(
            "/bin/probe",
            "put",
            "/tmp/x",
            "one",
            "add",
            "/tmp/x",
            "two",
            "cat",
            "/tmp/x",
            "say",
            "",
            "stat",
            "/tmp/x",
            "mkdir",
            "/tmp/sub",
            "put",
            "/tmp/sub/y",
            "2",
            "mv",
            "/tmp/sub/y",
            "/tmp/y",
            "ls",
            "/tmp",
            "mv",
            "/tmp/x",
            "/tmp/sub"));
    assertEquals(
        "rmdir /tmp/d: errno 55\nput /tmp/d/x: errno 20\n",
        bench.output(
            "/bin/probe",
            "mkdir",
            "/tmp/d",
            "put",
            "/tmp/d/x",
            "1",
            "rmdir",
            "/tmp/d",
            "new",
            "/tmp/d/x",
            "y",
            "rm",
            "/tmp/d/x",
            "rmdir",
            "/tmp/d",
            "ls",
            "/tmp"));
  }

  @Test
  void filesAreRewrittenAndCut() {
    assertEquals(
        "abXYef\nabX\nabX\0\0\n",
        bench.output(
            "/bin/probe",
            "put",
            "/tmp/x",
            "abcdef",
            "rewrite",
            "/tmp/x",
            "2",
            "XY",
            "cat",
            "/tmp/x",
            "say",
            "",
            "cut",
            "/tmp/x",
            "3",
            "cat",
            "/tmp/x",
            "say",
            "",
            "cut",
            "/tmp/x",
            "5",
            "cat",
            "/tmp/x",
            "say",
            ""));
  }

  @Test
  void theTimeIsZeroAndRandomnessIsItsOwn() {
    assertEquals("0\n", bench.output("/bin/probe", "time"));
    String first = bench.output("/bin/probe", "random");
    String other = bench.output("/bin/probe", "random", "say", "");
    assertEquals(first.strip().split(" ").length, 2);
    assertTrue(!other.startsWith(first), "the key is the seed");
  }

  @Test
  void itSpeaksItsMindOnStandardError() {
    RunReport report = bench.run("/bin/probe", "err", "oh ", "err", "dear", "exit", "3");
    assertEquals(new Ending.Exited(3), report.outcome().ending());
    assertEquals("oh dear", bench.diagnostics(report));
    assertEquals(1, report.counters().failed());
  }

  @Test
  void whatItLeavesAsTmpOutputIsItsOutput() {
    assertEquals("left", bench.output("/bin/probe", "say", "lost", "put", "/tmp/output", "left"));
    bench.bind("/tmp/output", "given");
    assertEquals("said\n", bench.output("/bin/probe", "say", "said"));
    assertEquals("new", bench.output("/bin/probe", "put", "/tmp/output", "new"));
    assertEquals(
        "x",
        bench.output(
            "/bin/probe", "put", "/tmp/output", "y", "put", "/tmp/z", "x", "out", "/tmp/z"));
  }

  @Test
  void aProgramThatIsNotThereIsAnOutcome() {
    RunReport report = bench.run("/bin/nope");
    assertEquals(new Ending.Invalid(), report.outcome().ending());
    assertEquals("kog: program /bin/nope: it is not there\n", bench.diagnostics(report));
    assertTrue(bench.isRecorded(report.key()));
    assertEquals("kog: program /bin: it is a directory\n", bench.diagnostics(bench.run("/bin")));
  }

  @Test
  void aProgramThatIsNoModuleIsAnOutcome() {
    bench.bind("/bin/junk", "not a module").bind("/bin/empty", "");
    RunReport report = bench.run("/bin/junk");
    assertEquals(new Ending.Invalid(), report.outcome().ending());
    assertTrue(bench.diagnostics(report).startsWith("kog: program /bin/junk: "));
    assertEquals(new Ending.Invalid(), bench.run("/bin/empty").outcome().ending());
  }
}
