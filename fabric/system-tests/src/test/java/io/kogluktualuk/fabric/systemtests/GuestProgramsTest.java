package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every `.wasm` in the repository that has a C source is what that source gives, bit for bit.
final class GuestProgramsTest {

  /// The toolchain of Debian 12. Another one may rightly give other bits.
  private static final String CLANG = "14.0.6";

  private static final String WASI_LIBC = "0.0~git20220510";

  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

  static List<Path> folders() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(".c"))
          .filter(file -> !file.toString().contains("/target/"))
          .map(file -> ROOT.relativize(file).getParent())
          .distinct()
          .filter(folder -> folder.getFileName().toString().equals("programs"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  @Timeout(120)
  void modulesAreWhatTheirSourcesGive(Path folder, @TempDir Path target) throws Exception {
    String clang = output("clang", "--version");
    String libc = output("dpkg-query", "-W", "-f", "${Version}", "wasi-libc");
    assumeTrue(
        clang.contains(CLANG) && libc.contains(WASI_LIBC),
        () -> "needs clang " + CLANG + " and wasi-libc " + WASI_LIBC + ", found '" + libc + "'");
    String build = ROOT.resolve("computenode/programs/build.sh").toString();
    String said = output(build, ROOT.resolve(folder).toString(), target.toString());
    List<String> expected = modules(ROOT.resolve(folder));
    assertEquals(expected, modules(target), said);
    for (String module : expected) {
      assertArrayEquals(
          Files.readAllBytes(target.resolve(module)),
          Files.readAllBytes(ROOT.resolve(folder).resolve(module)),
          () -> folder.resolve(module) + " is not what its source gives: run " + build);
    }
  }

  private static List<String> modules(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".wasm"))
          .sorted()
          .toList();
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
