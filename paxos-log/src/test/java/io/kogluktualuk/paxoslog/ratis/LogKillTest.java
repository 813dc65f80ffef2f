package io.kogluktualuk.paxoslog.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.paxoslog.api.HistoryMachine;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A process that is killed while it appends loses no entry it has acknowledged.
final class LogKillTest {

  private static final int ROUNDS = 3;
  private static final int ACKNOWLEDGED_PER_ROUND = 300;

  private final Path folder;

  LogKillTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /// The process that is killed: appends numbers and prints each once it is acknowledged.
  static final class Appender {

    private Appender() {}

    public static void main(String[] arguments) {
      int next = Integer.parseInt(arguments[1]);
      try (ReplicatedLog log =
          RatisLog.open(settings(Path.of(arguments[0])), new HistoryMachine())) {
        for (int i = next; i < next + 1_000_000; i++) {
          log.append(Integer.toString(i).getBytes(UTF_8), Deadline.after(Duration.ofSeconds(10)));
          System.out.println(i);
        }
      }
    }
  }

  private static LogHostSettings settings(Path folder) {
    // Snapshots often, so that a kill falls into one now and then.
    return LogHostSettings.single(folder, "killed", "c1").withSnapshotAfter(1 << 20, 50);
  }

  @Test
  @Timeout(120)
  void noAcknowledgedEntryIsLost() throws Exception {
    int acknowledged = 0;
    for (int round = 0; round < ROUNDS; round++) {
      acknowledged = appendUntilKilled(acknowledged);
      HistoryMachine machine = new HistoryMachine();
      try (ReplicatedLog log = RatisLog.open(settings(folder.resolve("log")), machine)) {
        List<String> entries = log.read(machine::entries);
        assertTrue(
            entries.size() >= acknowledged,
            "acknowledged " + acknowledged + " entries, found " + entries.size());
        for (int i = 0; i < entries.size(); i++) {
          assertEquals(Integer.toString(i), entries.get(i));
        }
        acknowledged = entries.size();
      }
    }
  }

  /// @return how many entries have been acknowledged in all
  private int appendUntilKilled(int first) throws IOException, InterruptedException {
    List<String> command =
        ChildJvm.command(Appender.class, folder.resolve("log").toString(), "" + first);
    Path errors = folder.resolve("errors");
    Process child = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    try (BufferedReader output = child.inputReader(UTF_8)) {
      int acknowledged = first;
      String line = output.readLine();
      while (line != null) {
        acknowledged = Integer.parseInt(line) + 1;
        if (acknowledged == first + ACKNOWLEDGED_PER_ROUND) {
          // Through the handle, which leaves the output open: what was acknowledged counts.
          child.toHandle().destroyForcibly();
        }
        line = output.readLine();
      }
      assertTrue(acknowledged > first, () -> "the child did nothing: " + ChildJvm.read(errors));
      return acknowledged;
    } finally {
      child.destroyForcibly();
      assertTrue(child.waitFor(10, TimeUnit.SECONDS), "the child is still there");
    }
  }
}
