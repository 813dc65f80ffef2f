package io.kogluktualuk.computenode.programs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ProgramTest {

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
}
