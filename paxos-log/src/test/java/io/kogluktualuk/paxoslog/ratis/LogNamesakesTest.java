package io.kogluktualuk.paxoslog.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.paxoslog.api.HistoryMachine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Several replicas of one name in a process, at once and one after the other. A replica that
/// closed used to wake the threads that write logs by their names, and with them those of others:
/// who is woken stops writing. A leader of which the last one left was such a follower never had
/// anything agreed on.
@Timeout(180)
final class LogNamesakesTest {

  private final Path folder;

  LogNamesakesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private RatisLog open(String cluster, HistoryMachine machine) {
    return RatisLog.open(
        LogHostSettings.single(folder.resolve(cluster), cluster, "control-1"), machine);
  }

  private static void append(RatisLog log, String entry) {
    log.append(entry.getBytes(UTF_8), Deadline.after(Duration.ofSeconds(30)));
  }

  /// So that a Ratis which names them otherwise, or starts them elsewhere, is noticed.
  @Test
  void theThreadsOfALogAreFoundAndEnd() {
    List<Thread> found;
    try (RatisLog log = open("alone", new HistoryMachine())) {
      append(log, "something");
      found = threadsOfLogs();
      for (String name : List.of(LogWorkers.WRITER_ENDS_WITH, LogWorkers.CACHE_ENDS_WITH)) {
        assertEquals(
            1, found.stream().filter(thread -> thread.getName().endsWith(name)).count(), name);
      }
    }
    found.stream()
        .filter(thread -> thread.getName().endsWith(LogWorkers.CACHE_ENDS_WITH))
        .forEach(thread -> assertFalse(thread.isAlive(), thread::getName));
  }

  private static List<Thread> threadsOfLogs() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(
            thread ->
                thread.getThreadGroup() != null
                    && thread.getThreadGroup().getName().equals("paxos-log-control-1"))
        .toList();
  }

  @Test
  void whoeverClosesLeavesTheOthersAlone() {
    HistoryMachine kept = new HistoryMachine();
    try (RatisLog lasting = open("lasting", kept)) {
      for (int round = 0; round < 3; round++) {
        try (RatisLog passing = open("passing", new HistoryMachine())) {
          append(passing, "there " + round);
          append(lasting, "before " + round);
        }
        append(lasting, "after " + round);
      }
      assertEquals(6, lasting.read(() -> kept.entries().size()));
    }
  }
}
