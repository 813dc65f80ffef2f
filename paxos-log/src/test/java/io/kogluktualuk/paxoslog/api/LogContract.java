package io.kogluktualuk.paxoslog.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every [ReplicatedLog] must do, whatever keeps it.
@Timeout(60)
public abstract class LogContract {

  /// Opens the log of this test, the same each time within one test.
  protected abstract ReplicatedLog open(StateMachine machine);

  protected static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(10));
  }

  protected static String append(ReplicatedLog log, String entry) {
    return new String(log.append(entry.getBytes(UTF_8), soon()), UTF_8);
  }

  @Test
  void appliesEntriesInOrderAndReplies() {
    HistoryMachine machine = new HistoryMachine();
    try (ReplicatedLog log = open(machine)) {
      assertEquals("1", append(log, "a"));
      assertEquals("2", append(log, "b"));
      assertEquals(List.of("a", "b"), log.read(machine::entries));
      assertEquals(LogStatus.Role.LEADER, log.status().role());
    }
  }

  @Test
  void aBarrierMissesNothingThatWasAcknowledged() throws Exception {
    HistoryMachine machine = new HistoryMachine();
    try (ReplicatedLog log = open(machine);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> late = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        int count = Integer.parseInt(append(log, "entry " + i));
        late.add(
            threads.submit(
                () -> {
                  log.barrier(soon());
                  return log.read(machine::entries).size() - count;
                }));
      }
      for (Future<Integer> each : late) {
        assertTrue(each.get() >= 0, "entries were missed behind a barrier");
      }
      assertEquals(0, log.status().lagEntries());
    }
  }

  @Test
  void keepsEverythingOverARestart() {
    try (ReplicatedLog log = open(new HistoryMachine())) {
      append(log, "a");
      append(log, "b");
    }
    HistoryMachine machine = new HistoryMachine();
    try (ReplicatedLog log = open(machine)) {
      assertEquals(List.of("a", "b"), log.read(machine::entries));
      assertEquals("3", append(log, "c"));
    }
  }

  @Test
  void snapshotAndTailEqualFullReplay() {
    HistoryMachine first = new HistoryMachine();
    try (ReplicatedLog log = open(first)) {
      for (int i = 0; i < 50; i++) {
        append(log, "entry " + i);
      }
      log.snapshot(soon());
      assertTrue(log.status().snapshotIndex() > 0, "no snapshot was taken");
      for (int i = 50; i < 60; i++) {
        append(log, "entry " + i);
      }
    }
    HistoryMachine second = new HistoryMachine();
    try (ReplicatedLog log = open(second)) {
      assertEquals(first.stateHash(), log.read(second::stateHash));
      assertEquals(10, log.read(second::applied), "entries replayed behind the snapshot");
      append(log, "more");
      log.snapshot(soon());
    }
    HistoryMachine third = new HistoryMachine();
    try (ReplicatedLog log = open(third)) {
      assertEquals(61, log.read(third::entries).size());
      assertEquals(0, log.read(third::applied));
    }
  }

  @Test
  void concurrentAppendsAreEachAppliedOnce() throws Exception {
    HistoryMachine machine = new HistoryMachine();
    try (ReplicatedLog log = open(machine);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> replies = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String entry = "entry " + i;
        replies.add(threads.submit(() -> append(log, entry)));
      }
      Set<String> seen = new HashSet<>();
      for (Future<String> reply : replies) {
        assertTrue(seen.add(reply.get()), "two entries had the same position");
      }
      List<String> entries = log.read(machine::entries);
      assertEquals(200, entries.size());
      assertEquals(200, new HashSet<>(entries).size());
    }
  }

  @Test
  void takesTheLongestEntryAndRefusesALongerOne() {
    byte[] longest = "x".repeat(60_000).getBytes(UTF_8); // what the machine can write as a string
    try (ReplicatedLog log = open(new HistoryMachine())) {
      assertEquals("1", new String(log.append(longest, soon()), UTF_8));
      byte[] tooLong = new byte[ReplicatedLog.ENTRY_BYTES_MAX + 1];
      assertThrows(OutOfSpace.class, () -> log.append(tooLong, soon()));
      byte[] limit = new byte[ReplicatedLog.ENTRY_BYTES_MAX];
      assertEquals("2", new String(log.append(limit, soon()), UTF_8));
    }
  }

  @Test
  void aDeadlineThatHasPassedIsReported() {
    try (ReplicatedLog log = open(new HistoryMachine())) {
      assertThrows(
          DeadlineExceeded.class,
          () -> log.append("a".getBytes(UTF_8), Deadline.after(Duration.ofNanos(-1))));
      assertThrows(DeadlineExceeded.class, () -> log.barrier(Deadline.after(Duration.ofNanos(-1))));
      append(log, "b");
    }
  }

  @Test
  void aBrokenMachineStopsTheLog() {
    HistoryMachine machine = new HistoryMachine();
    try (ReplicatedLog log = open(machine)) {
      append(log, "a");
      Corruption broken = assertThrows(Corruption.class, () -> append(log, "break"));
      assertTrue(String.valueOf(broken.getMessage()).contains("told to break"), broken::toString);
      assertThrows(Corruption.class, () -> append(log, "b"));
      assertThrows(Corruption.class, () -> log.read(machine::entries));
      assertThrows(Corruption.class, () -> log.snapshot(soon()));
      assertEquals(LogStatus.Role.STOPPED, log.status().role());
    }
  }

  @Test
  void aClosedLogSaysSo() {
    ReplicatedLog log = open(new HistoryMachine());
    log.close();
    log.close();
    assertThrows(AlreadyClosed.class, () -> append(log, "a"));
    assertThrows(AlreadyClosed.class, () -> log.read(() -> 1));
    assertThrows(AlreadyClosed.class, () -> log.barrier(soon()));
    assertThrows(AlreadyClosed.class, () -> log.snapshot(soon()));
  }
}
