package io.kogluktualuk.controlplane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.ControlStatus;
import io.kogluktualuk.controlplane.api.HashPrefix;
import io.kogluktualuk.controlplane.api.Heartbeat;
import io.kogluktualuk.controlplane.api.Keys;
import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemoEntry;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.api.Recorded;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.model.Memos;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A control node's calls, over real encodings, a real log and no transport.
@Timeout(60)
final class ControlServiceTest {

  private final Path folder;

  ControlServiceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private ControlSettings settings() {
    return ControlSettings.single(
        folder.resolve("control"), "test", new InetSocketAddress("127.0.0.1", 0));
  }

  private static ControlClient client(ControlService service) {
    return new ControlClient(new TableChannel(service.methods()), Duration.ofSeconds(10));
  }

  @Test
  void outcomesAreRecordedLookedUpAndExplained() {
    try (ControlService service = new ControlService(settings())) {
      ControlClient client = client(service);
      assertNull(client.lookup(Memos.key(1)));
      long before = System.currentTimeMillis();
      assertEquals(new Recorded.First(), client.record(Memos.memo(1)));
      assertEquals(new Recorded.Same(), client.record(Memos.memo(1)));
      assertEquals(Memos.outcome(1, 1), client.lookup(Memos.key(1)));
      assertEquals(
          Map.of(Memos.key(1), Memos.outcome(1, 1)),
          client.lookup(List.of(Memos.key(1), Memos.key(2))));
      MemoEntry entry = client.explain(Memos.key(1));
      assertEquals(Memos.memo(1), entry.memo());
      assertEquals(2, entry.hits());
      assertTrue(entry.recordedAtMillis() >= before, entry::toString);
      assertThrows(NotFound.class, () -> client.explain(Memos.key(2)));
      HashPrefix key = HashPrefix.parse(Memos.key(1).toHex().substring(0, 8));
      assertEquals(new Keys(List.of(Memos.key(1)), false), client.resolvePrefix(key));
      HashPrefix output = HashPrefix.of(Memos.hash("output 1 1"));
      assertEquals(new Keys(List.of(Memos.key(1)), false), client.producersOf(output));
      ControlStatus status = client.status();
      assertEquals(1, status.memos());
      assertEquals(2, status.hits());
      assertEquals(2, status.misses());
      assertEquals("leader", status.role());
    }
  }

  @Test
  void disagreementsAreReported() {
    try (ControlService service = new ControlService(settings())) {
      ControlClient client = client(service);
      client.record(Memos.memo(1, 1, "honest"));
      assertEquals(
          new Recorded.Disagreeing(Memos.blob("output 1 1")),
          client.record(Memos.memo(1, 2, "broken")));
      assertEquals(Memos.outcome(1, 1), client.lookup(Memos.key(1)));
      ControlStatus status = client.status();
      assertEquals(1, status.disagreementCount());
      Conflict conflict = status.disagreements().getFirst().toConflict();
      assertTrue(String.valueOf(conflict.getMessage()).contains(Memos.key(1).toHex()));
      assertEquals("broken", status.disagreements().getFirst().offeredBy());
    }
  }

  @Test
  void membersRegisterBeatAndFallSilent() throws InterruptedException {
    ControlSettings settings = settings().withSilentAfter(Duration.ofMillis(1500));
    try (ControlService service = new ControlService(settings)) {
      ControlClient client = client(service);
      assertThrows(
          NotFound.class, () -> client.heartbeat(new Heartbeat(Memos.nodeId(1), 1, Load.NONE)));
      assertEquals(1, client.register(Memos.member(1)));
      assertEquals(2, client.register(Memos.member(2)));
      service.join(Memos.member(Role.CONTROL, 3));
      Load load = new Load(1, 2, 3);
      client.heartbeat(new Heartbeat(Memos.nodeId(1), 1, load));
      assertEquals(load, client.members().members().getFirst().load());
      Deadline deadline = Deadline.after(Duration.ofSeconds(10));
      while (!isSilent(client, 1)) {
        client.heartbeat(new Heartbeat(Memos.nodeId(0x2), 1, load));
        assertFalse(deadline.hasPassed(), "member 1 never fell silent");
        Thread.onSpinWait();
      }
      assertFalse(isSilent(client, 2), "it was heard all the time");
      assertFalse(isSilent(client, 3), "it is a control node");
      client.heartbeat(new Heartbeat(Memos.nodeId(1), 1, load));
      assertFalse(isSilent(client, 1));
      client.forget(Memos.nodeId(1));
      assertEquals(2, client.members().members().size());
      assertThrows(NotFound.class, () -> client.heartbeat(new Heartbeat(Memos.nodeId(1), 1, load)));
    }
  }

  private static boolean isSilent(ControlClient client, long member) {
    return client.members().members().stream()
        .filter(each -> each.info().id().equals(Memos.nodeId(member)))
        .findFirst()
        .map(Member::isSilent)
        .orElseThrow();
  }

  @Test
  void moreMembersThanFitIntoAMessage() {
    try (ControlService service = new ControlService(settings())) {
      ControlClient client = client(service);
      for (int i = 1; i <= 200; i++) {
        client.register(Memos.member(i));
      }
      assertEquals(
          LongStream.rangeClosed(1, 200).mapToObj(Memos::member).toList(),
          client.members().members().stream().map(Member::info).toList());
    }
  }

  @Test
  void everythingSurvivesARestart() {
    try (ControlService service = new ControlService(settings())) {
      ControlClient client = client(service);
      client.record(memos(0, 1000));
      client.register(Memos.member(1));
      service.snapshot(Deadline.after(Duration.ofSeconds(10)));
      client.record(memos(1000, 1500));
      client.record(Memos.memo(1, 2, "broken"));
    }
    try (ControlService service = new ControlService(settings())) {
      ControlClient client = client(service);
      List<Hash> keys = LongStream.range(0, 1500).mapToObj(Memos::key).toList();
      assertEquals(1500, client.lookup(keys).size());
      assertEquals(Memos.memo(1234), client.explain(Memos.key(1234)).memo());
      assertEquals(Memos.member(1), client.members().members().getFirst().info());
      assertEquals(1, client.status().disagreementCount());
    }
  }

  @Test
  void crowdsShareEntries() throws Exception {
    try (ControlService service = new ControlService(settings());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ControlClient client = client(service);
      long before = client.status().appliedIndex();
      List<Future<Recorded>> fates = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        MemoRecord memo = Memos.memo(i);
        fates.add(threads.submit(() -> client.record(memo)));
      }
      for (Future<Recorded> fate : fates) {
        assertEquals(new Recorded.First(), fate.get());
      }
      long entries = client.status().appliedIndex() - before;
      assertTrue(entries < 1000, "2000 records took " + entries + " entries");
      assertEquals(2000, client.status().memos());
    }
  }

  @Test
  void twoOnOneFolderConflict() {
    try (ControlService service = new ControlService(settings())) {
      assertThrows(Conflict.class, () -> new ControlService(settings()).close());
      client(service).record(Memos.memo(1));
    }
  }

  @Test
  void aClosedNodeSaysSo() {
    ControlService service = new ControlService(settings());
    ControlClient client = client(service);
    service.close();
    assertThrows(AlreadyClosed.class, () -> client.lookup(Memos.key(1)));
    assertThrows(AlreadyClosed.class, () -> client.record(Memos.memo(1)));
  }

  private static List<MemoRecord> memos(long from, long to) {
    return LongStream.range(from, to).mapToObj(Memos::memo).toList();
  }
}
