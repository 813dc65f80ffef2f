package io.kogluktualuk.fabric.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `kog ns` against a cluster of two memory nodes in this process.
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NsCommandTest {

  private final Path folder;
  private final CliRun kog;
  private final EmbeddedCluster cluster;

  NsCommandTest(@TempDir Path folder) {
    this.folder = folder;
    this.kog = new CliRun(folder);
    this.cluster =
        EmbeddedCluster.open(
            ClusterSettings.of(kog.home())
                .withMemory(2, ByteCount.mebibytes(128))
                .withCompute(1, 1));
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  private String run(ExitCode expected, String... args) {
    CliRun.Result result = kog.run(args);
    assertEquals(expected.code(), result.exit(), () -> String.join(" ", args) + result);
    return (expected == ExitCode.OK ? result.out() : result.err()).strip();
  }

  private String ok(String... args) {
    return run(ExitCode.OK, args);
  }

  private String put(String text) {
    CliRun.Result result = kog.runWithInput(text.getBytes(StandardCharsets.UTF_8), "put", "-");
    assertEquals(0, result.exit(), result::err);
    return result.out().strip();
  }

  @Test
  void aRootIsMadeEditedAndLookedBackAt() throws IOException {
    String one = put("one");
    String two = put("two");
    Files.writeString(folder.resolve("local"), "from a file");
    ok("ns", "set", "n/edit", "/a/b/one", one);
    String first = ok("root", "get", "n/edit");
    ok("ns", "set", "n/edit", "/a/two", two);
    ok("ns", "set", "n/edit", "/f", "file", "local");
    ok("ns", "set", "n/edit", "/t", "do", "/a/two", "--flag");
    ok("ns", "mv", "n/edit", "/a/b", "/moved/b");
    String listed = ok("ls", ok("root", "get", "n/edit"));
    assertTrue(listed.contains("thunk") && listed.contains("  moved"), listed);
    ok("ns", "rm", "n/edit", "/t", "/a");
    String last = ok("root", "get", "n/edit");
    assertEquals("from a file", ok("get", entry(last, "f")));
    String diff = ok("ns", "diff", first, "n/edit");
    assertEquals(3, diff.lines().count(), diff);
    assertTrue(diff.contains("- /a  tree"), diff);
    assertTrue(diff.contains("+ /f  blob"), diff);
    assertTrue(diff.contains("+ /moved  tree"), diff);
    assertEquals("", ok("ns", "diff", last, "n/edit"));
    String log = ok("ns", "log", "n/edit");
    assertEquals(6, log.lines().count(), log);
    assertTrue(log.lines().findFirst().orElseThrow().contains(first), log);
    assertTrue(log.lines().toList().getLast().contains(last), log);
    String json = ok("ns", "log", "n/edit", "--last", "1", "--json");
    assertTrue(json.contains("\"after\" : \"" + last + "\""), json);
    ok("root", "rm", "n/edit");
    assertTrue(ok("ns", "log", "n/edit", "--last", "1").contains("removed"));
  }

  private String entry(String tree, String name) {
    String line =
        ok("ls", tree).lines().filter(each -> each.endsWith("  " + name)).findFirst().orElseThrow();
    return line.strip().split(" +")[2];
  }

  @Test
  void aRefGivesANewTreeAndStaysAsItIs() {
    String one = put("alpha");
    ok("ns", "set", "n/base", "/x", one);
    String base = ok("root", "get", "n/base");
    String made = ok("ns", "set", base, "/y", one);
    assertTrue(made.startsWith("tree:"), made);
    assertEquals(base, ok("root", "get", "n/base"));
    assertEquals(base, ok("ns", "rm", made, "/y"));
    assertTrue(ok("ns", "diff", base, made).startsWith("+ /y  blob"));
    assertTrue(ok("ns", "set", "--json", "n/base", "/x", one).contains("\"changed\" : false"));
  }

  @Test
  void writersThatMeetLoseNothing() throws Exception {
    List<Callable<String>> writers = new ArrayList<>();
    for (int writer = 0; writer < 3; writer++) {
      String name = "/w" + writer;
      String value = put(name);
      writers.add(
          () -> {
            for (int i = 0; i < 8; i++) {
              ok("ns", "set", "n/many", name + "/" + i, value);
            }
            return name;
          });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(writers.size())) {
      for (Future<String> done : threads.invokeAll(writers)) {
        String tree = ok("root", "get", "n/many");
        assertEquals(8, ok("ls", tree + done.get()).lines().count());
      }
    }
    assertEquals(24, ok("ns", "log", "n/many").lines().count());
  }

  @Test
  void aCollectionTakesNothingThatAnEditedRootReaches() throws IOException {
    Files.createDirectories(folder.resolve("in"));
    byte[] large = Mutations.randomBytes(3 << 20, RandomGenerator.of("L64X128MixRandom"));
    Files.write(folder.resolve("in/large"), large);
    ok("ns", "set", "n/kept", "/in", "file", "in");
    ok("ns", "set", "n/kept", "/more", put("more"));
    String junk = put("nobody names this");
    collectUntilGone(junk);
    String tree = ok("root", "get", "n/kept");
    CliRun.Result got = kog.run("get", entry(tree + "/in", "large"));
    assertArrayEquals(large, got.bytes());
    assertEquals("more", ok("get", entry(tree, "more")));
  }

  /// What was put in the same second as a mark begins is not collected; so, again until it is.
  private void collectUntilGone(String ref) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (kog.run("get", ref, "-o", "nothing").exit() != ExitCode.NOT_FOUND.code()) {
      ok("gc", "--grace", "0s");
      assertTrue(System.nanoTime() - end < 0, ref);
    }
  }

  @Test
  void whatCannotBeIsSaid() {
    String one = put("content");
    ok("ns", "set", "n/bad", "/x", one);
    assertTrue(run(ExitCode.NOT_FOUND, "ns", "rm", "n/none", "/x").contains("no root n/none"));
    assertTrue(run(ExitCode.NOT_FOUND, "ns", "rm", "n/bad", "/y").contains("/y"));
    assertTrue(run(ExitCode.NOT_FOUND, "ns", "mv", "n/bad", "/y", "/z").contains("/y"));
    assertTrue(run(ExitCode.CONFLICT, "ns", "mv", "n/bad", "/x", "/x/y").contains("/x"));
    assertTrue(run(ExitCode.CONFLICT, "ns", "set", "n/bad", "/x/y", one).contains("'x' is a blob"));
    String wrong = run(ExitCode.USAGE, "ns", "set", "n/bad", "/y", "files", "a");
    assertTrue(wrong.contains("expected REF, 'file LOCAL'"), wrong);
    assertTrue(run(ExitCode.USAGE, "ns", "set", "n/bad", "y", one).contains("absolute"));
    assertTrue(run(ExitCode.USAGE, "ns", "set", one, "/y", one).contains("expected a tree"));
    String inputs = run(ExitCode.USAGE, "ns", "set", "--input", "/x", "n/bad", "/y", one);
    assertTrue(inputs.contains("--input"), inputs);
    assertTrue(run(ExitCode.USAGE, "ns", "log", "n/bad", "--last", "0").contains("--last"));
  }
}
