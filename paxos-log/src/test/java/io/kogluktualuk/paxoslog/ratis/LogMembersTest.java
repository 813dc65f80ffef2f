package io.kogluktualuk.paxoslog.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.paxoslog.api.LogPeer;
import io.kogluktualuk.paxoslog.api.LogStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Members that come and go while the log goes on.
@Timeout(180)
final class LogMembersTest {

  private final Path folder;

  LogMembersTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Replicas replicas(String... ids) throws IOException {
    return new Replicas(folder, settings -> settings.withSnapshotAfter(1 << 20, 50), ids);
  }

  private static void appendMany(Replicas replicas, String at, int from, int to) {
    for (int i = from; i < to; i++) {
      replicas.append(at, "entry " + i);
    }
  }

  private static List<String> ids(List<LogPeer> peers) {
    return peers.stream().map(LogPeer::id).toList();
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void aLoneReplicaBecomesThreeAndOneGoes() throws Exception {
    try (Replicas replicas = replicas("c0")) {
      replicas.openAll();
      appendMany(replicas, "c0", 0, 120); // behind a snapshot
      for (String id : List.of("c1", "c2")) {
        replicas.add(id);
        List<LogPeer> members =
            id.equals("c1") ? replicas.peers("c0", "c1") : replicas.peers("c0", "c1", "c2");
        replicas.open(replicas.settings(id, members).joining());
        assertEquals(LogStatus.Role.JOINING, replicas.log(id).status().role());
        replicas.host("c0").changePeers(members, Replicas.soon());
        replicas.host("c0").changePeers(members, Replicas.soon()); // again does no harm
        appendMany(replicas, id, 0, 5);
      }
      replicas.awaitEqual("c0", "c1", "c2");
      assertEquals(130, replicas.entries("c2").size());
      assertTrue(replicas.machine("c2").applied() < 60, "nothing came from a snapshot");
      assertEquals(List.of("c0", "c1", "c2"), ids(replicas.host("c2").peers()));
      // The leader itself goes; any member may be asked for it.
      replicas.host("c1").transferLeadership("c0", Replicas.soon());
      replicas.host("c1").changePeers(replicas.peers("c1", "c2"), Replicas.soon());
      Replicas.await(
          "c0 knows that it was removed",
          () -> replicas.log("c0").status().role() == LogStatus.Role.REMOVED);
      assertThrows(Conflict.class, () -> replicas.append("c0", "too late"));
      appendMany(replicas, "c2", 0, 5);
      replicas.awaitEqual("c1", "c2");
      Conflict used =
          assertThrows(
              Conflict.class,
              () ->
                  replicas
                      .host("c1")
                      .changePeers(replicas.peers("c0", "c1", "c2"), Replicas.soon()));
      assertTrue(String.valueOf(used.getMessage()).contains("fresh"), used::toString);
    }
  }

  @Test
  void aDiskThatComesBackEmptyIsRefusedAndReplacedUnderAFreshId() throws Exception {
    try (Replicas replicas = replicas("c0", "c1", "c2")) {
      replicas.openAll();
      appendMany(replicas, "c0", 0, 120);
      String lost = replicas.follower();
      replicas.close(lost);
      deleteTree(replicas.folder(lost));
      Conflict refused = assertThrows(Conflict.class, () -> replicas.open(lost));
      String message = String.valueOf(refused.getMessage());
      assertTrue(message.contains("kog control remove " + lost), message);
      LogHostSettings disguised =
          replicas.settings(lost, replicas.peers("c0", "c1", "c2")).joining();
      assertThrows(Conflict.class, () -> replicas.open(disguised));
      String[] left =
          Stream.of("c0", "c1", "c2").filter(id -> !id.equals(lost)).toArray(String[]::new);
      replicas.add("c3");
      List<LogPeer> members = replicas.peers(left[0], left[1], "c3");
      replicas.open(replicas.settings("c3", members).joining());
      replicas.host(left[0]).changePeers(members, Replicas.soon());
      replicas.append("c3", "back");
      replicas.awaitEqual(left[0], left[1], "c3");
      assertEquals(121, replicas.entries("c3").size());
      assertTrue(replicas.machine("c3").applied() < 60, "nothing came from a snapshot");
      // It stays a member over a restart, however it is told to join.
      replicas.close("c3");
      replicas.open(replicas.settings("c3", members).joining());
      replicas.append("c3", "again");
      replicas.awaitEqual(left[0], left[1], "c3");
    }
  }

  @Test
  void theWholeMajorityCannotBeNew() throws Exception {
    try (Replicas replicas = replicas("c0")) {
      replicas.openAll();
      replicas.add("c1");
      replicas.add("c2");
      List<LogPeer> three = replicas.peers("c0", "c1", "c2");
      LogHost host = replicas.host("c0");
      assertThrows(Conflict.class, () -> host.changePeers(three, Replicas.soon()));
      List<LogPeer> unreachable = List.of(replicas.peer("c0"), new LogPeer("c9", "127.0.0.1", 0));
      assertThrows(InvalidArgument.class, () -> host.changePeers(unreachable, Replicas.soon()));
      assertThrows(InvalidArgument.class, () -> host.transferLeadership("c9", Replicas.soon()));
      assertEquals(List.of("c0"), ids(host.peers()));
    }
  }

  @Test
  void aLeaderThatClosesHandsOver() throws Exception {
    try (Replicas replicas = replicas("c0", "c1", "c2")) {
      replicas.openAll();
      appendMany(replicas, "c0", 0, 10);
      for (int round = 0; round < 3; round++) {
        String leader = replicas.leader();
        long term = replicas.log(leader).status().term();
        replicas.close(leader);
        String next = replicas.leader();
        assertFalse(next.equals(leader));
        assertEquals(term + 1, replicas.log(next).status().term(), "more than one election");
        replicas.append(next, "round " + round);
        replicas.open(leader);
      }
      replicas.host("c2").transferLeadership("c1", Replicas.soon());
      assertEquals("c1", replicas.leader());
      replicas.awaitEqual("c0", "c1", "c2");
    }
  }
}
