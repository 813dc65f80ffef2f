package io.kogluktualuk.paxoslog.ratis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.paxoslog.api.HistoryMachine;
import io.kogluktualuk.paxoslog.api.LogContract;
import io.kogluktualuk.paxoslog.api.LogPeer;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import io.kogluktualuk.paxoslog.api.StateMachine;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract on one Ratis replica, and what can be wrong with its port and its folder.
final class RatisLogTest extends LogContract {

  private final Path folder;

  RatisLogTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Override
  protected ReplicatedLog open(StateMachine machine) {
    return RatisLog.open(settings(), machine);
  }

  private LogHostSettings settings() {
    return LogHostSettings.single(folder.resolve("log"), "test cluster", "c1");
  }

  @Test
  void twoClustersOnOneFolderConflict() {
    try (ReplicatedLog log = open(new HistoryMachine())) {
      Conflict conflict = assertThrows(Conflict.class, () -> open(new HistoryMachine()));
      assertMentions(conflict, "log", "in use");
      append(log, "unharmed");
    }
  }

  @Test
  void aTakenPortConflicts() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      LogPeer peer = new LogPeer("c1", "127.0.0.1", other.getLocalPort());
      LogHostSettings settings =
          LogHostSettings.of(folder.resolve("log"), "test cluster", "c1", List.of(peer));
      Conflict conflict =
          assertThrows(Conflict.class, () -> RatisLog.open(settings, new HistoryMachine()));
      assertMentions(conflict, peer.address());
    }
    open(new HistoryMachine()).close(); // the failed start left the folder usable
  }

  @Test
  void aFolderOfAnotherClusterConflicts() {
    open(new HistoryMachine()).close();
    LogHostSettings other = LogHostSettings.single(folder.resolve("log"), "other cluster", "c1");
    Conflict conflict =
        assertThrows(Conflict.class, () -> RatisLog.open(other, new HistoryMachine()));
    assertMentions(conflict, "test cluster", "other cluster");
    LogHostSettings otherNode = LogHostSettings.single(folder.resolve("log"), "test cluster", "c2");
    assertThrows(Conflict.class, () -> RatisLog.open(otherNode, new HistoryMachine()));
  }

  @Test
  void aPortOfZeroMayDifferFromStartToStart() {
    String before;
    try (ReplicatedLog log = open(new HistoryMachine())) {
      append(log, "a");
      before = log.status().address();
      assertNotEquals("127.0.0.1:0", before);
    }
    HistoryMachine machine = new HistoryMachine();
    LogPeer fixed = new LogPeer("c1", "127.0.0.1", freePort());
    LogHostSettings settings =
        LogHostSettings.of(folder.resolve("log"), "test cluster", "c1", List.of(fixed));
    try (ReplicatedLog log = RatisLog.open(settings, machine)) {
      assertEquals(fixed.address(), log.status().address());
      append(log, "b");
      assertEquals(List.of("a", "b"), log.read(machine::entries));
    }
  }

  @Test
  void aFlippedByteInASnapshotIsNoticed() throws IOException {
    try (ReplicatedLog log = open(new HistoryMachine())) {
      append(log, "some entry that is long enough to be hit");
      log.snapshot(soon());
    }
    flipByteInTheMiddle(onlyFile("snapshot\\.\\d+_\\d+"));
    Corruption corruption = assertThrows(Corruption.class, () -> open(new HistoryMachine()));
    assertMentions(corruption, "snapshot", "checksum");
  }

  @Test
  void aTruncatedSnapshotIsNoticed() throws IOException {
    try (ReplicatedLog log = open(new HistoryMachine())) {
      append(log, "some entry");
      log.snapshot(soon());
    }
    Path snapshot = onlyFile("snapshot\\.\\d+_\\d+");
    try (RandomAccessFile file = new RandomAccessFile(snapshot.toFile(), "rw")) {
      file.setLength(file.length() - 40);
    }
    assertThrows(Corruption.class, () -> open(new HistoryMachine()));
  }

  @Test
  void aFlippedByteInTheLogIsNoticed() throws IOException {
    try (ReplicatedLog log = open(new HistoryMachine())) {
      for (int i = 0; i < 20; i++) {
        append(log, "some entry that is long enough to be hit " + i);
      }
    }
    flipByteInTheMiddle(onlyFile("log_(inprogress_\\d+|\\d+-\\d+)"));
    Corruption corruption = assertThrows(Corruption.class, () -> open(new HistoryMachine()));
    assertMentions(corruption, "c1", "log_");
  }

  /// A machine may lose entries of which it has a snapshot already.
  @Test
  void aLogThatEndsBeforeItsSnapshotGoesOn() throws IOException {
    String before;
    try (ReplicatedLog log = open(new HistoryMachine())) {
      for (int i = 0; i < 9; i++) {
        append(log, "entry " + i);
      }
      before = append(log, "the last before the snapshot");
      log.snapshot(soon());
    }
    Path segment = onlyFile("log_inprogress_\\d+");
    byte[] bytes = Files.readAllBytes(segment);
    int cut = new String(bytes, ISO_8859_1).indexOf("entry 7");
    Files.write(segment, Arrays.copyOf(bytes, cut));
    HistoryMachine machine = new HistoryMachine();
    try (ReplicatedLog log = open(machine)) {
      assertTrue(Long.parseLong(append(log, "after")) > Long.parseLong(before));
      assertEquals(11, log.read(machine::entries).size());
    }
    try (ReplicatedLog log = open(new HistoryMachine())) {
      append(log, "after another start");
    }
  }

  @Test
  void aLostLogIsNoticed() throws IOException {
    try (ReplicatedLog log = open(new HistoryMachine())) {
      append(log, "a");
    }
    deleteTree(folder.resolve("log/ratis"));
    assertThrows(Corruption.class, () -> open(new HistoryMachine()));
  }

  @Test
  void aLogWithoutIdentityIsNoticed() throws IOException {
    open(new HistoryMachine()).close();
    Files.delete(folder.resolve("log/identity"));
    assertThrows(Corruption.class, () -> open(new HistoryMachine()));
  }

  @Test
  void aDamagedIdentityIsNoticed() throws IOException {
    open(new HistoryMachine()).close();
    flipByteInTheMiddle(folder.resolve("log/identity"));
    assertThrows(Corruption.class, () -> open(new HistoryMachine()));
  }

  @Test
  void aFirstStartThatWasCutShortIsForgotten() throws IOException {
    // What is there when a process dies between making its mark and the end of its first start.
    LogFolder.open(settings(), Set.of("main")).close();
    String storage = RatisNames.groupId("test cluster", "main").getUuid().toString();
    Path half = folder.resolve("log/ratis").resolve(storage).resolve("current");
    Files.createDirectories(half);
    Files.writeString(half.resolve("raft-meta"), "garb");
    try (ReplicatedLog log = open(new HistoryMachine())) {
      assertEquals("1", append(log, "a"));
    }
  }

  @Test
  void snapshotsComeByThemselvesAndCutTheLog() throws IOException {
    LogHostSettings settings = settings().withSnapshotAfter(1L << 20, 10_000);
    HistoryMachine first = new HistoryMachine();
    String entry = "x".repeat(50_000);
    try (ReplicatedLog log = RatisLog.open(settings, first)) {
      for (int i = 0; i < 500; i++) { // 25 MB: three segments
        append(log, entry);
      }
      assertTrue(log.status().snapshotIndex() > 0, "no snapshot was taken");
      log.snapshot(soon());
      Deadline deadline = soon();
      while (!files("log_0-.*").isEmpty()) { // the log's own thread deletes it
        assertFalse(deadline.hasPassed(), "the first segment stays");
        LockSupport.parkNanos(1_000_000);
      }
    }
    long logBytes = 0;
    for (Path file : files("log_.*")) {
      logBytes += Files.size(file);
    }
    assertTrue(logBytes < 20 << 20, "the log was not cut: " + logBytes);
    HistoryMachine second = new HistoryMachine();
    try (ReplicatedLog log = RatisLog.open(settings, second)) {
      assertEquals(first.stateHash(), log.read(second::stateHash));
      assertTrue(second.applied() < 500, "nothing came from the snapshot");
    }
    assertTrue(files("snapshot\\.\\d+_\\d+").size() <= 2, "old snapshots stay for ever");
  }

  private static int freePort() {
    try (ServerSocket probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertMentions(FabricException fault, String... words) {
    for (String word : words) {
      assertTrue(String.valueOf(fault.getMessage()).contains(word), fault::toString);
    }
  }

  private Path onlyFile(String name) throws IOException {
    List<Path> found = files(name);
    assertEquals(1, found.size(), found::toString);
    return found.getFirst();
  }

  private List<Path> files(String name) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> String.valueOf(path.getFileName()).matches(name)).toList();
    }
  }

  private static void flipByteInTheMiddle(Path path) throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--; // the log is preallocated
    }
    bytes[end / 2] ^= 0x10;
    Files.write(path, bytes);
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
