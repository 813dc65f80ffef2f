package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Conflict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class StageNamesTest extends StagesInMemory {

  private final Path folder;

  StageNamesTest(@TempDir Path folder) {
    super(folder);
    this.folder = folder;
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aSecondStageOfANameIsRefusedAndTheFirstKeepsItsJournalLocked() throws IOException {
    Pipeline pipeline = pipeline();
    Stage first = stage(pipeline);
    assertEquals(1, locks());
    Conflict refused = assertThrows(Conflict.class, () -> stage(pipeline));
    assertTrue(String.valueOf(refused.getMessage()).contains("'sink'"), refused::toString);
    assertEquals(1, locks(), "of the journal, in /proc/locks");
    first.close();
    assertEquals(0, locks());
    stage(pipeline).close();
  }

  private static Stage stage(Pipeline pipeline) {
    return pipeline.stage("sink").from("source", MemoryWire.pair().far()).run(_ -> List.of());
  }

  /// How many locks the kernel knows of the stage's journal.
  private long locks() throws IOException {
    String inode = ":" + Files.getAttribute(folder.resolve("sink.set-aside"), "unix:ino") + " ";
    try (Stream<String> lines = Files.lines(Path.of("/proc/locks"))) {
      return lines.filter(line -> line.contains(inode)).count();
    }
  }
}
