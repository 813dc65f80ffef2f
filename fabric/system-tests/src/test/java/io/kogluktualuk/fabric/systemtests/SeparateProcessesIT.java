package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.programs.Program;
import io.kogluktualuk.fabric.node.ProcessesFile;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `kog up --control 3`: a process for each node, which is started again when it dies.
final class SeparateProcessesIT {

  private static final String[] ALL = {
    "--control", "3", "--memory", "2", "--memory-size", "256MiB", "--compute", "1"
  };

  @Test
  @Timeout(600)
  void anyNodeMayBeKilledAndComesBack(@TempDir Path folder) throws Exception {
    byte[] bytes = new byte[3_000_000];
    RandomGeneratorFactory.of("L64X128MixRandom").create(1).nextBytes(bytes);
    Files.write(folder.resolve("wc.wasm"), Program.WC.wasm());
    Files.writeString(folder.resolve("text"), "one two\nthree\n");
    Files.writeString(folder.resolve("ns"), "/bin/wc file wc.wasm\n/text file text\n");
    Path home = folder.resolve("home");
    try (Kog kog = new Kog(home, folder)) {
      final ProcessHandle supervisor = kog.up(ALL);
      String ref = kog.put(bytes).text();
      assertEquals("run", run(kog).member("disposition"));
      for (String name : List.of("control-1", "memory-1", "compute-1")) {
        ProcessHandle node = node(home, name);
        Kog.kill(node);
        assertArrayEquals(bytes, kog.run("get", ref).succeeds().out());
        awaitAnother(home, name, node);
        assertEquals("hit", run(kog).member("disposition"));
      }
      assertTrue(Files.readString(home.resolve("log/kog.0.log")).contains("memory-1 has died"));
      kog.run("up", "--control", "1", "--detach").failsWith(7, "in use");
      kog.run("down").succeeds();
      assertFalse(supervisor.isAlive());
      kog.run("up", "--control", "1", "--detach").failsWith(7, "3 control nodes");

      Kog.kill(kog.up()); // its nodes end as well, and it knows what there was
      kog.up();
      assertTrue(ProcessesFile.read(home).nodes().containsKey("control-3"));
      assertArrayEquals(bytes, kog.run("get", ref).succeeds().out());
      assertEquals("hit", run(kog).member("disposition"));
    }
  }

  private static Kog.Result run(Kog kog) throws Exception {
    return kog.run("run", "-n", "ns", "--json", "--", "/bin/wc", "/text").succeeds();
  }

  private static ProcessHandle node(Path home, String name) {
    var entry = ProcessesFile.read(home).nodes().get(name);
    assertNotNull(entry, name);
    return ProcessHandle.of(entry.pid()).orElseThrow();
  }

  private static void awaitAnother(Path home, String name, ProcessHandle former)
      throws InterruptedException {
    Await.until(
        Deadline.after(Duration.ofMinutes(2)),
        () -> {
          var entry = ProcessesFile.read(home).nodes().get(name);
          return entry != null && entry.pid() != former.pid() && entry.isReady();
        },
        () -> name + " is not started again: " + ProcessesFile.read(home));
  }
}
