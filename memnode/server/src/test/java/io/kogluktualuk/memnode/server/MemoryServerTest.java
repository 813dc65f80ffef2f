package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.Fences;
import io.kogluktualuk.controlplane.api.Heartbeat;
import io.kogluktualuk.controlplane.api.HeartbeatReply;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.Members;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import io.kogluktualuk.memnode.store.StoreSettings;
import io.kogluktualuk.rdma.transport.rpc.RpcServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryServerTest {

  private static final StoreSettings STORE = TestNodes.storeOf(64);

  private final Path folder;

  MemoryServerTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /// Hears what nodes say to a control plane, and forgets them on demand.
  private static final class ListeningControl {
    private static final PlaneStatus ALONE =
        new PlaneStatus(
            "c",
            List.of(),
            List.of(new PlaneStatus.Group("main", "c", "leader", 1, 1, 1, List.of())));
    private final BlockingQueue<MemberInfo> registered = new LinkedBlockingQueue<>();
    private final BlockingQueue<Heartbeat> beats = new LinkedBlockingQueue<>();
    private volatile boolean hasForgotten;

    RpcServer open(int port) {
      MethodTable table =
          new MethodTable()
              .on(ControlMethods.REGISTER, this::register)
              .on(ControlMethods.HEARTBEAT, this::heartbeat)
              .on(ControlMethods.MEMBERS, _ -> new Members(1, List.of(), false))
              .on(ControlMethods.PLANE, _ -> ALONE);
      return RpcServer.open(RdmaAddress.port(port), table);
    }

    private Members register(MemberInfo info) {
      hasForgotten = false;
      registered.add(info);
      return new Members(1, List.of(), false);
    }

    private HeartbeatReply heartbeat(Heartbeat beat) {
      if (hasForgotten) {
        throw new NotFound("node is not a member");
      }
      beats.add(beat);
      return new HeartbeatReply(1, MemberState.ACTIVE, Fences.NONE, 0);
    }
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing was heard for 20 s");
    }
    return next;
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within 20 s");
      LockSupport.parkNanos(1_000_000);
    }
  }

  private MemorySettings settings(List<InetSocketAddress> control) {
    MemorySettings without = TestNodes.settings(folder, "memory-1", 0, STORE);
    return new MemorySettings(
        without.folder(),
        without.name(),
        without.bind(),
        0,
        STORE,
        7,
        control,
        Duration.ofMillis(20));
  }

  @Test
  void registersItselfAndStaysAMemberThroughEveryAbsence() throws Exception {
    ListeningControl control = new ListeningControl();
    RpcServer rpc = control.open(0);
    int port = rpc.address().getPort();
    try (MemoryServer server = MemoryServer.open(settings(List.of(rpc.address())))) {
      MemberInfo self = next(control.registered);
      assertEquals(Role.MEMORY, self.role());
      assertEquals(server.id(), self.id());
      assertEquals("memory-1", self.name());
      assertEquals(7, self.weight());
      assertEquals(64L << 20, self.capacityBytes());
      assertEquals(
          RdmaAddress.host().getHostAddress() + ":" + server.address().getPort(), self.address());
      Heartbeat beat = next(control.beats);
      assertEquals(server.id(), beat.id());
      assertEquals(beat.incarnation(), next(control.beats).incarnation());
      control.hasForgotten = true;
      assertEquals(self, next(control.registered));
      rpc.close();
      await(() -> !server.isEnrolled());
      rpc = control.open(port);
      assertEquals(self, next(control.registered));
      await(server::isEnrolled);
      control.beats.clear();
      assertEquals(beat.incarnation(), next(control.beats).incarnation());
    } finally {
      rpc.close();
    }
  }

  @Test
  void servesWithoutAControlPlane() {
    InetSocketAddress nobody = RdmaAddress.port(1);
    try (MemoryServer server = MemoryServer.open(settings(List.of(nobody)))) {
      assertFalse(server.isEnrolled());
      assertEquals(0, server.status().blobs());
    }
  }

  @Test
  void twoServersOnOneFolderAreAConflictThatNamesTheOther() {
    try (MemoryServer first = MemoryServer.open(settings(List.of()))) {
      Conflict failure = assertThrows(Conflict.class, () -> MemoryServer.open(settings(List.of())));
      String message = String.valueOf(failure.getMessage());
      assertTrue(message.contains("process " + ProcessHandle.current().pid()), message);
      assertEquals(0, first.status().blobs());
    }
  }

  @Test
  void aPortInUseIsAConflictAndLetsGoOfTheFolder() {
    try (MemoryServer first = MemoryServer.open(settings(List.of()))) {
      MemorySettings same =
          TestNodes.settings(folder.resolve("other"), "memory-2", first.address().getPort(), STORE);
      assertThrows(Conflict.class, () -> MemoryServer.open(same));
      MemorySettings free = TestNodes.settings(folder.resolve("other"), "memory-2", 0, STORE);
      try (MemoryServer second = MemoryServer.open(free)) {
        assertTrue(second.address().getPort() != first.address().getPort());
      }
    }
  }

  @Test
  void keepsItsIdentityAndItsBlobsOverARestart() {
    String id;
    Blob blob = Blob.of(new byte[1000]);
    try (TestNodes nodes = new TestNodes(folder)) {
      id = nodes.start("a").id().toString();
      nodes.reader(1).put(List.of(blob));
    }
    try (TestNodes nodes = new TestNodes(folder)) {
      MemoryServer server = nodes.start("a");
      assertEquals(id, server.id().toString());
      assertEquals(1, server.status().blobs());
      assertEquals(blob.hash(), nodes.reader(1).get(blob.hash()).hash());
    }
  }

  @Test
  void closingTwiceIsClosing() {
    MemoryServer server = MemoryServer.open(settings(List.of()));
    server.close();
    server.close();
  }
}
