package io.kogluktualuk.paxoslog.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.paxoslog.api.HistoryMachine;
import io.kogluktualuk.paxoslog.api.LogStatus;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// A disk that takes no more is reported soon and by name, and loses nothing. The disk of this
/// test is a process that may not make a file longer than a few megabytes: the write fails half
/// way, as on a full disk.
@EnabledOnOs(OS.LINUX)
final class LogFullDiskTest {

  private static final int BLOCKS_OF_512_MAX = 8192; // 4 MiB, half a log segment
  private static final int ENTRY_LENGTH = 50_000;

  private final Path folder;

  LogFullDiskTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /// The process with the small disk.
  static final class Appender {

    private Appender() {}

    public static void main(String[] arguments) {
      HistoryMachine machine = new HistoryMachine();
      try (ReplicatedLog log = RatisLog.open(settings(Path.of(arguments[0])), machine)) {
        int acknowledged = 0;
        try {
          while (acknowledged < 1000) {
            log.append(entry(acknowledged), Deadline.after(Duration.ofSeconds(30)));
            acknowledged++;
          }
        } catch (FabricException e) {
          System.out.println(acknowledged);
          System.out.println(e.getClass().getSimpleName());
          System.out.println(String.valueOf(e.getMessage()).replace('\n', ' '));
        }
        int applied = log.read(machine::entries).size();
        System.out.println(
            applied >= acknowledged && log.status().role() == LogStatus.Role.STOPPED);
      }
    }
  }

  private static LogHostSettings settings(Path folder) {
    return LogHostSettings.single(folder, "full", "c1");
  }

  private static byte[] entry(int number) {
    return (number + " " + "x".repeat(ENTRY_LENGTH)).getBytes(UTF_8);
  }

  @Test
  @Timeout(120)
  void aFullDiskIsReportedAndLosesNothing() throws Exception {
    List<String> java = ChildJvm.command(Appender.class, folder.resolve("log").toString());
    List<String> limited = new ArrayList<>();
    limited.addAll(
        List.of("sh", "-c", "ulimit -f " + BLOCKS_OF_512_MAX + " && exec \"$0\" \"$@\""));
    limited.addAll(java);
    Path errors = folder.resolve("errors");
    long started = System.nanoTime();
    Process child = new ProcessBuilder(limited).redirectError(errors.toFile()).start();
    int acknowledged;
    try (BufferedReader output = child.inputReader(UTF_8)) {
      List<String> lines = output.lines().toList();
      assertEquals(4, lines.size(), () -> lines + "\n" + ChildJvm.read(errors));
      acknowledged = Integer.parseInt(lines.get(0));
      assertEquals("OutOfSpace", lines.get(1), lines::toString);
      assertTrue(lines.get(2).contains(folder.resolve("log").toString()), lines::toString);
      assertEquals("true", lines.get(3), "reads go on, and the status says it");
    } finally {
      child.destroyForcibly();
      assertTrue(child.waitFor(10, TimeUnit.SECONDS), "the child is still there");
    }
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    assertTrue(took.compareTo(Duration.ofSeconds(20)) < 0, "the caller waited for " + took);
    assertTrue(acknowledged > 10, "only " + acknowledged + " entries fitted");
    HistoryMachine machine = new HistoryMachine();
    try (ReplicatedLog log = RatisLog.open(settings(folder.resolve("log")), machine)) {
      List<String> entries = log.read(machine::entries);
      assertTrue(entries.size() >= acknowledged, entries.size() + " of " + acknowledged);
      assertEquals(new String(entry(acknowledged - 1), UTF_8), entries.get(acknowledged - 1));
      log.append(entry(0), Deadline.after(Duration.ofSeconds(10)));
    }
    Files.delete(errors);
  }
}
