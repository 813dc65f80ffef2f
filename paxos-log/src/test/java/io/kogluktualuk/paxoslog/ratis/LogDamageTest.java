package io.kogluktualuk.paxoslog.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.paxoslog.api.LogPeer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What one of three does about its damaged disk while the others go on.
@Timeout(180)
final class LogDamageTest {

  /// Longer than it takes until a leader has become slow to try again.
  private static final long LONG_NANOS = 3_000_000_000L;

  private final Path folder;

  LogDamageTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Replicas replicas(String... ids) throws IOException {
    return new Replicas(folder, settings -> settings, ids);
  }

  private static Path newest(Path folder, String name) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> String.valueOf(path.getFileName()).matches(name))
          .max(Path::compareTo)
          .orElseThrow();
    }
  }

  /// The log is preallocated: its content ends before the zeros.
  private static int contentEnd(byte[] bytes) {
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    return end;
  }

  @Test
  void aLogThatLostItsTailIsFilledFromTheOthers() throws Exception {
    try (Replicas replicas = replicas("c0", "c1", "c2")) {
      replicas.openAll();
      for (int i = 0; i < 50; i++) {
        replicas.append("c0", "entry " + i);
      }
      replicas.awaitEqual("c0", "c1", "c2");
      String damaged = replicas.follower();
      replicas.close(damaged);
      Path log = newest(replicas.folder(damaged), "log_.*");
      try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
        file.setLength(contentEnd(Files.readAllBytes(log)) * 2 / 3);
      }
      replicas.open(damaged);
      replicas.append(damaged, "after");
      replicas.awaitEqual("c0", "c1", "c2");
      assertEquals(51, replicas.entries(damaged).size());
    }
  }

  /// A leader that has tried for long tries rarely, and would then send nothing but heartbeats.
  @Test
  void aLeaderThatStaysAlsoFillsALogThatLostItsLastEntry() throws Exception {
    try (Replicas replicas = replicas("c0", "c1", "c2")) {
      replicas.openAll();
      for (int i = 0; i < 50; i++) {
        replicas.append("c0", "entry " + i);
      }
      replicas.awaitEqual("c0", "c1", "c2");
      String leader = replicas.leader();
      String damaged = replicas.follower();
      replicas.close(damaged);
      Path log = newest(replicas.folder(damaged), "log_.*");
      try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
        file.setLength(contentEnd(Files.readAllBytes(log)) - 5);
      }
      long begin = System.nanoTime();
      for (int i = 0; System.nanoTime() - begin < LONG_NANOS; i++) {
        replicas.append(leader, "meanwhile " + i);
      }
      replicas.open(damaged);
      replicas.append(leader, "after");
      replicas.awaitEqual("c0", "c1", "c2");
      assertEquals(leader, replicas.leader());
    }
  }

  @Test
  void aFlippedByteStopsTheOneItHitsByNameAndNotTheOthers() throws Exception {
    try (Replicas replicas = replicas("c0", "c1", "c2")) {
      replicas.openAll();
      for (int i = 0; i < 30; i++) {
        replicas.append("c0", "entry that is long enough to be hit " + i);
      }
      replicas.awaitEqual("c0", "c1", "c2");
      String damaged = replicas.follower();
      replicas.log(damaged).snapshot(Replicas.soon());
      replicas.close(damaged);
      for (String name : List.of("log_.*", "snapshot\\.\\d+_\\d+")) {
        Path file = newest(replicas.folder(damaged), name);
        byte[] sound = Files.readAllBytes(file);
        byte[] flipped = sound.clone();
        flipped[contentEnd(sound) / 2] ^= 0x10;
        Files.write(file, flipped);
        Corruption found = assertThrows(Corruption.class, () -> replicas.open(damaged));
        assertTrue(String.valueOf(found.getMessage()).contains(file.toString()), found::toString);
        replicas.append(replicas.leader(), "the others go on");
        Files.write(file, sound);
      }
      replicas.open(damaged); // a refusal changes nothing
      replicas.awaitEqual("c0", "c1", "c2");
      assertEquals(32, replicas.entries(damaged).size());
    }
  }

  @Test
  void aLargeSnapshotIsInstalledPieceByPiece() throws Exception {
    try (Replicas replicas = replicas("c0")) {
      replicas.openAll();
      String entry = "x".repeat(60_000);
      for (int i = 0; i < 400; i++) {
        replicas.append("c0", i + entry);
      }
      replicas.log("c0").snapshot(Replicas.soon());
      replicas.add("c1");
      List<LogPeer> members = replicas.peers("c0", "c1");
      replicas.open(replicas.settings("c1", members).joining());
      replicas.host("c0").changePeers(members, Replicas.soon());
      replicas.append("c1", "more");
      replicas.awaitEqual("c0", "c1");
      assertEquals(1, replicas.machine("c1").applied(), "entries came one by one");
      Path snapshot = newest(replicas.folder("c1"), "snapshot\\.\\d+_\\d+");
      assertTrue(Files.size(snapshot) > 20 << 20, snapshot + ": " + Files.size(snapshot));
      replicas.close("c1");
      replicas.open("c1");
      replicas.awaitEqual("c0", "c1");
    }
  }
}
