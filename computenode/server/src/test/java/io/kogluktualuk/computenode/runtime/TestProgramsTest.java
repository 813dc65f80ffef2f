package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestProgramsTest {

  @TempDir private Path folder = Path.of("");

  @Test
  void theModulesAreThoseOfTheSources() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/usr/lib/wasm32-wasi/libc.a")), "wasi-libc is installed");
    assumeTrue(
        run("clang", "--version").contains("clang version 14."), "it is Debian 12's compiler");
    String said = run("src/test/programs/build", folder.toString());
    assertEquals("", said);
    for (String program : List.of("hello", "nothing", "probe")) {
      Path built = folder.resolve(program + ".wasm");
      assertArrayEquals(Files.readAllBytes(built), Bench.program(program), program);
    }
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return said;
  }
}
