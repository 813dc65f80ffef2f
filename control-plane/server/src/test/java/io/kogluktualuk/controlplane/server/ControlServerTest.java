package io.kogluktualuk.controlplane.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.Heartbeat;
import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.api.Recorded;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.model.Memos;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.io.BufferedReader;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A whole control node behind its real transport.
@Timeout(120)
final class ControlServerTest {

  private final Path folder;

  ControlServerTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static ControlSettings settings(Path folder, int port) {
    return ControlSettings.single(folder, "test", new InetSocketAddress("127.0.0.1", port));
  }

  private ControlServer open() {
    return ControlServer.open(settings(folder.resolve("control"), 0));
  }

  private static Channel connect(InetSocketAddress address) {
    return RpcClient.connect(address, Deadline.after(Duration.ofSeconds(10)));
  }

  private static ControlClient client(Channel channel) {
    return new ControlClient(channel, Duration.ofSeconds(10));
  }

  private static List<MemoRecord> memos(long from, long to) {
    return LongStream.range(from, to).mapToObj(Memos::memo).toList();
  }

  @Test
  void theCallsWorkOverTheTransport() {
    try (ControlServer server = open();
        Channel channel = connect(server.address())) {
      ControlClient client = client(channel);
      Member self = client.members().members().getFirst();
      assertEquals(Role.CONTROL, self.info().role());
      assertEquals("127.0.0.1:" + server.address().getPort(), self.info().address());
      client.register(Memos.member(1));
      client.heartbeat(new Heartbeat(Memos.nodeId(1), 1, new Load(1, 2, 3)));
      assertThrows(
          NotFound.class, () -> client.heartbeat(new Heartbeat(Memos.nodeId(9), 1, Load.NONE)));
      assertNull(client.lookup(Memos.key(1)));
      assertEquals(1000, client.record(memos(0, 1000)).size());
      List<Hash> keys = LongStream.range(0, 1001).mapToObj(Memos::key).toList();
      assertEquals(1000, client.lookup(keys).size());
      assertEquals(Memos.outcome(3, 1), client.lookup(Memos.key(3)));
      assertEquals(Memos.memo(3), client.explain(Memos.key(3)).memo());
      assertEquals(1000, client.status().memos());
      assertEquals("leader", client.status().role());
    }
  }

  @Test
  void aTakenPortConflictsAndLeavesTheFolderUsable() {
    try (ControlServer server = open()) {
      ControlSettings taken = settings(folder.resolve("other"), server.address().getPort());
      assertThrows(Conflict.class, () -> ControlServer.open(taken).close());
    }
    ControlServer.open(settings(folder.resolve("other"), 0)).close();
  }

  @Test
  void twoClustersOnOneFolderConflict() {
    try (ControlServer server = open();
        Channel channel = connect(server.address())) {
      assertThrows(Conflict.class, () -> open().close());
      assertEquals(new Recorded.First(), client(channel).record(Memos.memo(1)));
    }
  }

  /// The process that is killed: a control node that prints its port.
  static final class Node {

    private Node() {}

    public static void main(String[] arguments) throws InterruptedException {
      try (ControlServer server = ControlServer.open(settings(Path.of(arguments[0]), 0))) {
        System.out.println(server.address().getPort());
        Thread.currentThread().join(); // until it is killed
      }
    }
  }

  @Test
  void aKilledNodeComesBackWithEverything() throws Exception {
    Path state = folder.resolve("control");
    Process child =
        new ProcessBuilder(ChildJvm.command(Node.class, state.toString()))
            .redirectError(folder.resolve("errors").toFile())
            .start();
    try (BufferedReader output = child.inputReader(UTF_8)) {
      String port =
          Objects.requireNonNull(output.readLine(), () -> ChildJvm.read(folder.resolve("errors")));
      try (Channel channel = connect(new InetSocketAddress("127.0.0.1", Integer.parseInt(port)))) {
        ControlClient client = client(channel);
        client.register(Memos.member(1));
        client.record(memos(0, 700));
        child.toHandle().destroyForcibly();
      }
    } finally {
      child.destroyForcibly();
      assertTrue(child.waitFor(10, TimeUnit.SECONDS), "the child is still there");
    }
    try (ControlServer server = open();
        Channel channel = connect(server.address())) {
      List<Hash> keys = LongStream.range(0, 700).mapToObj(Memos::key).toList();
      assertEquals(700, client(channel).lookup(keys).size());
      assertTrue(
          client(channel).members().members().stream()
              .anyMatch(member -> member.info().equals(Memos.member(1))));
    }
  }
}
