package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The pipeline demo with small photos: its own check of every photo and thumbnail must hold, also
/// when stages are killed; it leaves no process and no file behind.
@Timeout(300)
final class PipelineDemoIT {

  private static final long LOOK_NANOS = 20_000_000;

  @TempDir private Path folder = Path.of("unset");

  @Test
  void photosPassByHashAndByPayloadOneAfterTheOther() throws Exception {
    Kog.Result result =
        new Kog(folder.resolve("home"), folder)
            .run(
                "demo",
                "pipeline",
                "--json",
                "--in-turn",
                "--count",
                "40",
                "--size",
                "320x240",
                "--slow",
                "10",
                "--folder",
                scratch().toString())
            .succeeds();
    String json = result.text();
    assertEquals(2, times("\"right\" : true", json), json);
    assertEquals(2, times("\"indexed\" : 40,", json), json);
    assertTrue(json.contains("\"beside\" : false,"), json);
    assertTrue(result.err().contains("checking each photo"), result.err());
    assertEquals(List.of(), left(scratch()), "nothing is left");
  }

  @Test
  void stagesThatAreKilledAreReplacedByHashAndTheEndByPayload() throws Exception {
    List<String> command = KogJvm.command("-Xmx1g");
    command.addAll(
        List.of(
            "demo",
            "pipeline",
            "--json",
            "--count",
            "120",
            "--size",
            "320x240",
            "--slow",
            "30",
            "--folder",
            scratch().toString()));
    Path err = folder.resolve("err");
    Path out = folder.resolve("out");
    Process demo =
        new ProcessBuilder(command)
            .redirectError(err.toFile())
            .redirectOutput(out.toFile())
            .start();
    try {
      awaitPhotos(20, demo);
      kill(demo, "hash", "detect");
      kill(demo, "payload", "resize");
      awaitPhotos(60, demo);
      kill(demo, "hash", "index");
      assertTrue(demo.waitFor(250, TimeUnit.SECONDS), "it ends");
    } finally {
      demo.descendants().forEach(ProcessHandle::destroyForcibly);
      demo.destroyForcibly();
    }
    String said = Files.readString(err);
    String json = Files.readString(out);
    assertEquals(0, demo.exitValue(), said);
    assertEquals(2, times("\"right\" : true", json), json);
    assertTrue(json.contains("\"restarts\" : 2,"), json);
    assertEquals(1, times("\"indexed\" : 120,", json), json);
    assertTrue(json.contains("\"broken\" : \"resize died\""), json);
    assertTrue(said.contains("(detect) has died: it was killed by signal 9"), said);
    assertTrue(said.contains("(resize) has died: it was killed by signal 9"), said);
    assertTrue(said.contains("another takes its place"), said);
    assertTrue(said.contains("what it had is lost"), said);
    assertEquals(List.of(), left(scratch()), "nothing is left");
  }

  /// Waits until the index of the run by hash has so many lines.
  private void awaitPhotos(int lines, Process demo) throws IOException {
    while (demo.isAlive() && indexLines() < lines) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    assertTrue(demo.isAlive(), () -> "it ended early; see " + folder);
  }

  private long indexLines() throws IOException {
    for (Path run : left(scratch())) {
      Path index = run.resolve("hash").resolve("index");
      if (Files.exists(index)) {
        return new String(Files.readAllBytes(index), StandardCharsets.UTF_8).lines().count();
      }
    }
    return 0;
  }

  private static void kill(Process demo, String way, String stage) {
    String folder = "/" + way + "/";
    Optional<ProcessHandle> found =
        demo.descendants()
            .filter(each -> arguments(each).contains(stage))
            .filter(each -> arguments(each).getLast().contains(folder))
            .findFirst();
    assertFalse(found.isEmpty(), stage);
    found.ifPresent(ProcessHandle::destroyForcibly);
  }

  /// The JDK tells none when the class path is long.
  private static List<String> arguments(ProcessHandle process) {
    try {
      Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
      return List.of(Files.readString(file).split("\0"));
    } catch (IOException e) {
      return List.of(); // it has ended
    }
  }

  private Path scratch() throws IOException {
    return Files.createDirectories(folder.resolve("scratch"));
  }

  private static List<Path> left(Path scratch) throws IOException {
    try (Stream<Path> all = Files.list(scratch)) {
      return all.toList();
    }
  }

  private static int times(String word, String text) {
    return text.split(Pattern.quote(word), -1).length - 1;
  }
}
