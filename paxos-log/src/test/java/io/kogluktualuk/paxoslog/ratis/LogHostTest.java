package io.kogluktualuk.paxoslog.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.paxoslog.api.HistoryMachine;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import io.kogluktualuk.paxoslog.api.StateMachine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Several logs in one process: apart from each other, together in their folder.
@Timeout(60)
final class LogHostTest {

  private final LogHostSettings settings;
  private final Map<String, HistoryMachine> machines = new TreeMap<>();

  LogHostTest(@TempDir Path folder) {
    this.settings = LogHostSettings.single(folder.resolve("logs"), "many", "c1");
  }

  private LogHost open(String... names) {
    Map<String, StateMachine> fresh = new TreeMap<>();
    for (String name : names) {
      HistoryMachine machine = new HistoryMachine();
      machines.put(name, machine);
      fresh.put(name, machine);
    }
    return LogHost.open(settings, fresh);
  }

  private static void append(ReplicatedLog log, String entry) {
    log.append(entry.getBytes(UTF_8), Deadline.after(Duration.ofSeconds(10)));
  }

  private List<String> entries(LogHost host, String name) {
    return host.log(name).read(() -> Objects.requireNonNull(machines.get(name)).entries());
  }

  @Test
  void logsOfOneHostAreApartAndComeBackTogether() {
    try (LogHost host = open("main", "memo-0", "memo-1")) {
      append(host.log("main"), "a");
      append(host.log("memo-0"), "b");
      append(host.log("memo-1"), "c");
      append(host.log("main"), "d");
      host.log("memo-0").snapshot(Deadline.after(Duration.ofSeconds(10)));
      assertThrows(IllegalArgumentException.class, () -> host.log("memo-2"));
      assertEquals(1, host.peers().size());
    }
    try (LogHost host = open("main", "memo-0", "memo-1")) {
      assertEquals(List.of("a", "d"), entries(host, "main"));
      assertEquals(List.of("b"), entries(host, "memo-0"));
      assertEquals(List.of("c"), entries(host, "memo-1"));
    }
  }

  @Test
  void aClosedLogLeavesTheOthersOpen() {
    try (LogHost host = open("main", "memo-0")) {
      host.log("memo-0").close();
      append(host.log("main"), "a");
      assertThrows(AlreadyClosed.class, () -> append(host.log("memo-0"), "b"));
    }
  }

  @Test
  void anotherSetOfLogsConflicts() {
    open("main", "memo-0").close();
    Conflict conflict = assertThrows(Conflict.class, () -> open("main", "memo-0", "memo-1"));
    String message = String.valueOf(conflict.getMessage());
    assertTrue(message.contains("[main, memo-0]") && message.contains("memo-1]"), message);
    assertThrows(Conflict.class, () -> open("main"));
    open("main", "memo-0").close();
  }

  @Test
  void aDamagedIdentityMarkIsNeverUnderstood() {
    TreeMap<String, Boolean> logs = new TreeMap<>(Map.of("main", true, "memo-0", false));
    IdentityMark mark = new IdentityMark("cluster", "c1", logs);
    byte[] bytes = mark.toBytes();
    assertEquals(mark, IdentityMark.parse("the mark", bytes));
    Seeds.run(
        LogHostTest.class,
        100,
        random -> {
          byte[] damaged = bytes.clone();
          damaged[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
          assertThrows(Corruption.class, () -> IdentityMark.parse("the mark", damaged));
        });
  }
}
