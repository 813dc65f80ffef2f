package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The demo over inputs that people have: its own check against the platform's sort must hold.
@Timeout(300)
final class DemoIT {

  @TempDir private Path folder = Path.of("unset");

  @Test
  void tradesInThreeActs() throws Exception {
    Kog.Result result = demo("--records", "200000");
    String json = result.text();
    assertEquals(3, json.split("\"check\"\\s*:\\s*\"same\"", -1).length - 1, json);
    assertTrue(result.err().contains("one record changed"), result.err());
  }

  @Test
  void anEmptyFile() throws Exception {
    sortsRight(new byte[0]);
  }

  @Test
  void aFileWithoutFinalNewline() throws Exception {
    sortsRight("b\na\nc".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void binaryJunk() throws Exception {
    byte[] bytes = new byte[9 << 20];
    new SplittableRandom(3).nextBytes(bytes);
    sortsRight(bytes);
  }

  @Test
  void linesLongerThanAChunk() throws Exception {
    SplittableRandom random = new SplittableRandom(4);
    Path file = folder.resolve("long-lines");
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int length : new int[] {9 << 20, 10, 6 << 20, 0, 1 << 20, 5}) {
        byte[] line = new byte[length + 1];
        for (int i = 0; i < length; i++) {
          line[i] = (byte) ('a' + random.nextInt(3));
        }
        line[length] = '\n';
        out.write(line);
      }
    }
    demo("--input", file.toString());
  }

  private void sortsRight(byte[] bytes) throws Exception {
    Path file = folder.resolve("input");
    Files.write(file, bytes);
    demo("--input", file.toString());
  }

  private Kog.Result demo(String... arguments) throws IOException, InterruptedException {
    String[] all = new String[arguments.length + 2];
    all[0] = "demo";
    all[1] = "--json";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return new Kog(folder.resolve("home"), folder).run(all).succeeds();
  }
}
