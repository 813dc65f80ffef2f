package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.programs.Program;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Data and outcomes survive the sudden end of every process.
final class SurvivalIT {

  @Test
  @Timeout(180)
  void whatWasStoredAndComputedIsThereAfterKill(@TempDir Path folder) throws Exception {
    byte[] bytes = new byte[9_000_000];
    RandomGeneratorFactory.of("L64X128MixRandom").create(1).nextBytes(bytes);
    Files.write(folder.resolve("wc.wasm"), Program.WC.wasm());
    Files.writeString(folder.resolve("text"), "one two\nthree\n");
    Files.writeString(folder.resolve("ns"), "/bin/wc file wc.wasm\n/text file text\n");
    try (Kog kog = new Kog(folder.resolve("home"), folder)) {
      ProcessHandle cluster = kog.up();
      String ref = kog.put(bytes).text();
      Kog.Result first = kog.run("run", "-n", "ns", "--json", "--", "/bin/wc", "/text").succeeds();
      assertEquals("run", first.member("disposition"));
      Kog.kill(cluster);

      kog.run("get", ref).failsWith(5, "not running");
      kog.up();
      assertArrayEquals(bytes, kog.run("get", ref).succeeds().out());
      Kog.Result again = kog.run("run", "-n", "ns", "--json", "--", "/bin/wc", "/text").succeeds();
      assertEquals("hit", again.member("disposition"));
      assertEquals(first.member("output"), again.member("output"));
      Kog.Result shown = kog.run("run", "-n", "ns", "--cat", "--", "/bin/wc", "/text").succeeds();
      assertEquals("2 3 14 /text\n", new String(shown.out(), StandardCharsets.UTF_8));
      Kog.Result explained = kog.run("explain", first.member("key")).succeeds();
      assertTrue(explained.text().contains("/bin/wc"), explained.text());
      assertTrue(explained.text().contains("/text"), explained.text());
    }
  }

  @Test
  @Timeout(180)
  void directoriesComeBackAsTheyWere(@TempDir Path folder) throws Exception {
    Path source = Files.createDirectories(folder.resolve("in/deep/er"));
    Files.writeString(source.resolve("ü"), "text");
    Files.write(folder.resolve("in/empty"), new byte[0]);
    try (Kog kog = new Kog(folder.resolve("home"), folder)) {
      kog.up();
      String tree = kog.run("import", "in").succeeds().text();
      assertTrue(kog.run("ls", tree).succeeds().text().contains("deep"));
      kog.run("export", tree, "out").succeeds();
      assertEquals("text", Files.readString(folder.resolve("out/deep/er/ü")));
      assertEquals(0, Files.size(folder.resolve("out/empty")));
      kog.run("export", tree, "out").failsWith(7, "out");
      assertEquals(tree, kog.run("import", "out").succeeds().text());
    }
  }
}
