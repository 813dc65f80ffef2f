package io.kogluktualuk.fabric.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A new program is complete: the line in its README builds it.
final class NewProgramCommandTest {

  @Test
  void writesWhatOneBeginsWith(@TempDir Path folder) throws IOException {
    CliRun.Result made = new CliRun(folder).run("new-program", "count-words");
    assertEquals(0, made.exit(), made.err());
    try (Stream<Path> files = Files.list(folder.resolve("count-words"))) {
      assertEquals(
          List.of("README.md", "count-words.c", "count-words.ns", "kog.h"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    assertEquals(2, new CliRun(folder).run("new-program", "count-words").exit());
    assertEquals(2, new CliRun(folder).run("new-program", "../x").exit());
  }

  @Test
  @Timeout(120)
  void theDocumentedLineBuildsIt(@TempDir Path folder) throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/usr/include/wasm32-wasi")), "needs clang and wasi-libc");
    new CliRun(folder).run("new-program", "mine");
    Path mine = folder.resolve("mine");
    List<String> lines = Files.readAllLines(mine.resolve("README.md"));
    String line =
        lines.stream().filter(each -> each.startsWith("clang ")).findFirst().orElseThrow();
    Process clang =
        new ProcessBuilder("sh", "-c", line).directory(mine.toFile()).inheritIO().start();
    assertEquals(0, clang.waitFor(), line);
    assertTrue(Files.size(mine.resolve("mine.wasm")) > 1000);
  }
}
