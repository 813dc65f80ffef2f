package io.kogluktualuk.computenode.programs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class ProgramTest {

  /// The toolchain of Debian 12. Another one may rightly give other bits.
  private static final String CLANG = "14.0.6";

  private static final String WASI_LIBC = "0.0~git20220510";

  @Test
  void everySourceIsAProgramAndEveryProgramAModule() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("."))) {
      Set<String> sources =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".c"))
              .map(name -> name.substring(0, name.length() - 2))
              .collect(Collectors.toSet());
      Set<String> programs =
          Stream.of(Program.values()).map(Program::fileName).collect(Collectors.toSet());
      assertEquals(sources, programs);
    }
    for (Program program : Program.values()) {
      byte[] magic = Arrays.copyOf(program.wasm(), 8);
      assertArrayEquals(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0}, magic, program.fileName());
    }
  }

  @Test
  @Timeout(120)
  void sourcesGiveTheModulesBitForBit(@TempDir Path target) throws Exception {
    String clang = output("clang", "--version");
    String libc = output("dpkg-query", "-W", "-f", "${Version}", "wasi-libc");
    assumeTrue(
        clang.contains(CLANG) && libc.contains(WASI_LIBC),
        () -> "needs clang " + CLANG + " and wasi-libc " + WASI_LIBC + ", found '" + libc + "'");
    String said = output("./build.sh", target.toString());
    for (Program program : Program.values()) {
      Path module = target.resolve(program.fileName() + ".wasm");
      assertTrue(Files.exists(module), said);
      assertArrayEquals(
          program.wasm(),
          Files.readAllBytes(module),
          () -> program.fileName() + ".wasm is not what its source gives: run build.sh");
    }
  }

  /// What a command prints; empty when it is not there.
  private static String output(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor(60, TimeUnit.SECONDS);
      return text;
    } catch (IOException e) {
      return "";
    }
  }
}
