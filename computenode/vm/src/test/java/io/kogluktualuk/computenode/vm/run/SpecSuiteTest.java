package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The official test suite of WebAssembly 2.0, metered: all of it but what checks the grammar of
/// the text form.
///
/// The suite is not part of the project. The property `wasm.testsuite` names the folder with
/// `core-2.0.tar.xz`; without it, `../shared/wasm-testsuite` beside the repository is tried.
final class SpecSuiteTest {

  /// All commands of the suite but those.
  private static final int PASSED = 52_822;

  /// Commands that are not run: the machine has no parser for modules in text form.
  private static final Map<String, Integer> NOT_RUN = Map.of(SpecRunner.TEXT, 1077);

  @TempDir private Path unpacked = Path.of("");

  @ParameterizedTest
  @EnumSource(Mode.class)
  void passesWhatIsOffered(Mode mode) throws IOException, InterruptedException {
    Path archive = suite().resolve("core-2.0.tar.xz");
    assumeTrue(
        Files.exists(archive),
        () -> "SKIPPED: the official test suite is not at " + archive + " (-Dwasm.testsuite)");
    unpack(archive, unpacked);
    SpecRunner runner = new SpecRunner(mode);
    for (Path json : scripts()) {
      runner.run(SpecScript.read(json));
    }
    assertEquals(
        "", String.join("\n", runner.failures.subList(0, Math.min(50, runner.failures.size()))));
    assertEquals(NOT_RUN, runner.notRun);
    int passed = runner.passed.values().stream().mapToInt(Integer::intValue).sum();
    assertEquals(PASSED, passed, runner.passed::toString);
  }

  static Path suite() {
    String given = System.getProperty("wasm.testsuite", "");
    return given.isEmpty()
        ? Path.of("").toAbsolutePath().resolve("../../../shared/wasm-testsuite").normalize()
        : Path.of(given);
  }

  static void unpack(Path archive, Path unpacked) throws IOException, InterruptedException {
    Process tar =
        new ProcessBuilder("tar", "xf", archive.toString(), "-C", unpacked.toString())
            .inheritIO()
            .start();
    assumeTrue(tar.waitFor() == 0, "SKIPPED: tar cannot unpack the official test suite");
  }

  private List<Path> scripts() throws IOException {
    try (Stream<Path> files = Files.walk(unpacked)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }
}
