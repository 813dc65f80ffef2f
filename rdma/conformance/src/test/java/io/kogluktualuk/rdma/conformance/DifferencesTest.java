package io.kogluktualuk.rdma.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The documentation's table of differences is the suite's.
class DifferencesTest {

  private static final String HEADING = "## Differences between the providers";

  @Test
  void theDocumentationSaysThem() throws IOException {
    Path page = Path.of("../../fabric/docs/VERBS.md");
    assumeTrue(Files.exists(page), "the sources are not here");
    List<String> lines = Files.readAllLines(page);
    List<String> rows =
        lines.subList(lines.indexOf(HEADING) + 1, lines.size()).stream()
            .takeWhile(line -> !line.startsWith("## "))
            .filter(line -> line.startsWith("| "))
            .skip(1)
            .toList();
    assertEquals(Arrays.stream(Differences.values()).map(Differences::row).toList(), rows);
  }
}
