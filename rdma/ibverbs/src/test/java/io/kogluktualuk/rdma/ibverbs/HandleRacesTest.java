package io.kogluktualuk.rdma.ibverbs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.fabric.testkit.Seeds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Many threads at the handle table of the library, built with a sanitiser: what a device's objects
/// would go through when endpoints close while others post, poll and wait.
@Timeout(120)
class HandleRacesTest {

  private static final Path C = Path.of("src");

  @TempDir private Path folder = Path.of("");

  @ParameterizedTest
  @ValueSource(strings = {"thread", "address,undefined"})
  void objectsAreNeverDestroyedWhileTheyAreUsedOrNeeded(String sanitizer) throws Exception {
    LibraryIsBuilt.orSkip();
    Path program = folder.resolve("stress");
    List<String> build =
        List.of(
            "gcc",
            "-std=c11",
            "-D_GNU_SOURCE",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-O1",
            "-g",
            "-fsanitize=" + sanitizer,
            "-pthread",
            "-I" + C.resolve("main/c"),
            C.resolve("main/c/handles.c").toString(),
            C.resolve("test/c/handles_stress.c").toString(),
            "-o",
            program.toString());
    // A gcc may come without the sanitisers' libraries.
    assumeTrue(run(build).status() == 0, "gcc has no -fsanitize=" + sanitizer);
    Seeds.run(
        HandleRacesTest.class,
        4,
        random -> {
          Result result =
              run(List.of(program.toString(), Long.toUnsignedString(random.nextLong())));
          assertEquals(0, result.status(), result.output());
        });
  }

  private record Result(int status, String output) {}

  private Result run(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "run", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    // What is still in the table at the end belongs to nobody.
    builder.environment().put("ASAN_OPTIONS", "detect_leaks=0");
    int status = builder.start().waitFor();
    return new Result(status, Files.readString(output, StandardCharsets.UTF_8));
  }
}
