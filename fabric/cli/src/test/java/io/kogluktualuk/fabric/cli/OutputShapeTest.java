package io.kogluktualuk.fabric.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.RunCounters;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Trap;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OutputShapeTest {

  private static final Hash KEY = Hash.of(new byte[] {1});

  @Test
  void everyFaultAndEndingHasItsExitCode() {
    int[] byTag = new int[16];
    for (int tag = 1; tag <= 10; tag++) {
      byTag[tag] = ExitCode.of(FabricException.ofTag(tag, "x")).code();
    }
    for (int tag = 1; tag <= 10; tag++) {
      FabricException fault = FabricException.ofTag(tag, "x");
      assertTrue(byTag[tag] >= 2 && byTag[tag] <= 11, fault.toString());
    }
    assertEquals(0, ExitCode.of(new Ending.Exited(0)).code());
    assertEquals(9, ExitCode.of(new Ending.Exited(3)).code());
    assertEquals(10, ExitCode.of(new Ending.Trapped(Trap.OUT_OF_FUEL)).code());
    assertEquals(10, ExitCode.of(new Ending.Invalid()).code());
    assertEquals(7, ExitCode.of(ExitCode.faultOf(7, "in use")).code());
  }

  @Test
  void anUnexpectedErrorIsSaidToBeOurs() {
    FailureReport report = FailureReport.of(new IllegalStateException("two\nlines"));
    assertEquals(ExitCode.INTERNAL, report.exit());
    assertEquals("IllegalStateException: two lines", report.message());
    assertTrue(String.valueOf(report.hint()).contains("--verbose"));
  }

  @Test
  void theStateFolderFollowsTheEnvironment() {
    assertEquals(
        Path.of("/k"), StateFolder.standard(Map.of("KOG_HOME", "/k", "XDG_DATA_HOME", "/x")));
    assertEquals(
        Path.of("/x/kogluktualuk"),
        StateFolder.standard(Map.of("XDG_DATA_HOME", "/x", "HOME", "/h")));
    Path inHome = Path.of("/h/.local/share/kogluktualuk");
    assertEquals(inHome, StateFolder.standard(Map.of("HOME", "/h")));
    assertEquals(inHome, StateFolder.standard(Map.of("XDG_DATA_HOME", "rel", "HOME", "/h")));
    assertTrue(StateFolder.standard(Map.of("HOME", "")).isAbsolute());
  }

  @Test
  void jsonKeepsOrderAndEscapes() {
    Json json =
        new Json()
            .with("b", "quote \" and \n")
            .with("a", List.of(1, 2L, true))
            .with("none", null)
            .with("time", Duration.ofMillis(1500))
            .with("at", Instant.ofEpochSecond(0))
            .with("inner", new Json().with("hash", KEY));
    assertEquals(
        "{\"b\":\"quote \\\" and \\n\",\"a\":[1,2,true],\"none\":null,\"time\":1.5,"
            + "\"at\":\"1970-01-01T00:00:00Z\",\"inner\":{\"hash\":\""
            + KEY.toHex()
            + "\"}}",
        json.toLine());
    assertThrows(IllegalArgumentException.class, () -> new Json().with("x", new Object()).toLine());
  }

  @Test
  void countsAndTimesAreReadAsPeopleWriteThem() {
    assertEquals(10_000_000_000L, LimitOptions.count("10G"));
    assertEquals(7, LimitOptions.count("7"));
    assertEquals(Duration.ofMillis(500), LimitOptions.time("500ms"));
    assertEquals(Duration.ofSeconds(30), LimitOptions.time("30"));
    assertEquals(Duration.ofMinutes(10), LimitOptions.time("10m"));
    assertEquals(Duration.ofHours(2), LimitOptions.time("2h"));
    for (String wrong : List.of("", "-1", "1.5", "10X", "99999999999999999T")) {
      assertThrows(InvalidArgument.class, () -> LimitOptions.count(wrong), wrong);
      assertThrows(InvalidArgument.class, () -> LimitOptions.time(wrong), wrong);
    }
    assertEquals("999", RunView.scaled(999));
    assertEquals("1.0 k", RunView.scaled(1000));
    assertEquals("1.0 M", RunView.scaled(999_999));
    assertEquals("9.2 E", RunView.scaled(Long.MAX_VALUE));
  }

  @Test
  void theLiveViewRedrawsItselfAndDisappears() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    AtomicLong now = new AtomicLong();
    try (RunView view = view(out, RunView.Mode.LIVE, now)) {
      view.onProgress(KEY, progress(1, "/bin/sort /tmp/xaa\u001b[31m"));
      String first = out.toString(StandardCharsets.UTF_8);
      assertTrue(first.contains("/bin/sort /tmp/xaa?[31m"), "foreign escapes are taken out");
      assertFalse(first.contains("A\r"), "there is nothing to go up to yet");
      view.onProgress(KEY, progress(2, "x".repeat(500)));
    }
    String all = out.toString(StandardCharsets.UTF_8);
    assertTrue(all.contains("\u001b[5A\r\u001b[0J"), "up over the five lines drawn before");
    assertTrue(all.endsWith("\u001b[5A\r\u001b[0J"), "nothing stays");
    all.lines().forEach(line -> assertTrue(line.length() < 110, line));
  }

  @Test
  void thePlainViewSpeaksAtMostOnceASecondAndOnlyOfChanges() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    AtomicLong now = new AtomicLong();
    try (RunView view = view(out, RunView.Mode.PLAIN, now)) {
      for (int tenth = 0; tenth <= 50; tenth++) {
        now.set(tenth * 100_000_000L);
        view.onProgress(KEY, progress(tenth < 25 ? tenth : 25));
      }
    }
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(3, lines.size(), lines.toString());
    assertTrue(lines.getFirst().startsWith("1.0 s  sorting: 10 run · 0 hit"), lines.toString());
  }

  private static RunView view(ByteArrayOutputStream out, RunView.Mode mode, AtomicLong now) {
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new RunView(print, mode, "sorting", now::get);
  }

  private static Progress progress(long run, String... programs) {
    RunCounters counters = new RunCounters(100, run, 0, 0, 1, 2, 3, 0, 4096, 10, 5_000_000);
    return new Progress(true, false, counters, List.of(programs), List.of());
  }
}
