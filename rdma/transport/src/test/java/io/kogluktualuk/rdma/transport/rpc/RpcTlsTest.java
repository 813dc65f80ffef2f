package io.kogluktualuk.rdma.transport.rpc;

import static io.kogluktualuk.rdma.transport.rpc.Calls.BYTES;
import static io.kogluktualuk.rdma.transport.rpc.Calls.ECHO;
import static io.kogluktualuk.rdma.transport.rpc.Calls.anyPort;
import static io.kogluktualuk.rdma.transport.rpc.Calls.in;
import static io.kogluktualuk.rdma.transport.rpc.Certified.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.measure.Distribution;
import io.kogluktualuk.fabric.measure.Histogram;
import io.kogluktualuk.fabric.rpc.Caller;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.fabric.rpc.PeerName.Role;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RpcTlsTest {

  private static final Method<byte[], byte[]> INLINE =
      new Method<>(3, "test.inline", BYTES, BYTES, true);

  private final Path folder;
  private final Certified north;

  RpcTlsTest(@TempDir Path folder) {
    this.folder = folder;
    this.north = new Certified(folder, "north");
  }

  private static MethodTable methods() {
    return new MethodTable().on(ECHO, request -> request).onInline(INLINE, request -> request);
  }

  private static RpcServer serverWith(RpcSecurity security) {
    return RpcServer.open(anyPort(), methods(), with(security));
  }

  private static Channel connect(RpcServer server, RpcSecurity security) {
    return RpcClient.connect(server.address(), with(security), in(10_000));
  }

  @Test
  void answersCallsOfEveryLength() {
    try (RpcServer server = serverWith(north.server());
        Channel channel = connect(server, north.client("trader"))) {
      Seeds.run(
          RpcTlsTest.class,
          200,
          random -> {
            int length = random.nextInt(10) == 0 ? random.nextInt(32_000) : random.nextInt(300);
            byte[] bytes = Mutations.randomBytes(length, random);
            Method<byte[], byte[]> method = random.nextBoolean() ? ECHO : INLINE;
            assertArrayEquals(bytes, channel.call(method, bytes, in(10_000)));
          });
    }
  }

  @Test
  void eachHandshakeIsTimedOnBothSides() {
    Histogram handshakes = RpcStatistics.process().handshakes();
    Distribution before = handshakes.read();
    try (RpcServer server = serverWith(north.server());
        Channel channel = connect(server, north.client("trader"))) {
      assertEquals(1, channel.call(ECHO, new byte[1], in(30_000)).length);
      assertEquals(before.count() + 2, handshakes.read().count());
      assertTrue(handshakes.read().sum() > before.sum());
    }
  }

  @Test
  void manyCallersShareAConnection() throws Exception {
    try (RpcServer server = serverWith(north.server());
        Channel channel = connect(server, north.client("trader"));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        byte[] mine = ("caller " + i + " ").repeat(1 + i * 20).getBytes();
        all.add(
            callers.submit(
                () -> {
                  for (int j = 0; j < 50; j++) {
                    Method<byte[], byte[]> method = j % 2 == 0 ? ECHO : INLINE;
                    assertArrayEquals(mine, channel.call(method, mine, in(30_000)));
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  @Test
  void handlersAndGuardsKnowWhoCalls() {
    AtomicReference<Caller> seen = new AtomicReference<>(Caller.UNPROVEN);
    MethodTable methods =
        new MethodTable()
            .onFrom(
                ECHO,
                (caller, request) -> {
                  seen.set(caller);
                  return request;
                })
            .onInline(INLINE, request -> request)
            .guardedBy(
                (caller, method, _) -> {
                  if (method == INLINE && !(caller instanceof PeerName peer && peer.isAdmin())) {
                    throw new Refused(caller + " may not call " + method.name());
                  }
                });
    try (RpcServer server = RpcServer.open(anyPort(), methods, with(north.server()));
        Channel channel = connect(server, north.client("trader"))) {
      assertEquals(1, channel.call(ECHO, new byte[1], in(5000)).length);
      assertEquals("client trader of cluster north", seen.get().toString());
      Refused e = assertThrows(Refused.class, () -> channel.call(INLINE, new byte[1], in(5000)));
      assertEquals("client trader of cluster north may not call test.inline", e.getMessage());
    }
  }

  private static void refuses(RpcServer server, RpcSecurity client, String... parts) {
    LongAdder counted = RpcStatistics.process().handshakesRefused();
    long before = counted.sum();
    FabricException e =
        assertThrows(
            FabricException.class,
            () -> {
              try (Channel channel = connect(server, client)) {
                channel.call(ECHO, new byte[1], in(10_000));
              }
            });
    assertEquals(Refused.class, e.getClass(), e.toString());
    Calls.await("it is counted", () -> counted.sum() > before);
    for (String part : parts) {
      assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
    }
  }

  @Test
  void aServerWithTlsRefusesAClientWithoutAndSaysSo() {
    try (RpcServer server = serverWith(north.server())) {
      refuses(server, RpcSecurity.NONE, "the server takes TLS connections only");
      try (Channel channel = connect(server, north.client("trader"))) {
        assertEquals(1, channel.call(ECHO, new byte[1], in(5000)).length);
      }
      Calls.await("nobody is half-way", () -> server.halfOpen() == 0);
    }
  }

  @Test
  void aServerWithoutTlsRefusesAClientWithItAndSaysSo() {
    try (RpcServer server = serverWith(RpcSecurity.NONE)) {
      refuses(server, north.client("trader"), "the server speaks without TLS");
      try (Channel channel = connect(server, RpcSecurity.NONE)) {
        assertEquals(1, channel.call(ECHO, new byte[1], in(5000)).length);
      }
    }
  }

  @Test
  void anotherClusterIsRefusedByBothSides() {
    Certified south = new Certified(folder, "south");
    try (RpcServer server = serverWith(north.server());
        RpcServer southern = serverWith(south.server())) {
      refuses(server, south.client("trader"), "of cluster north", "belongs to cluster south");
      refuses(southern, north.client("trader"), "of cluster south", "belongs to cluster north");
    }
  }

  @Test
  void aClientThatTrustsTheServerButIsNotTrustedIsTold() {
    north.client("old");
    north.authority().beginRotation();
    north.client("both");
    RpcSecurity mixed = north.mixed("both", "old");
    north.authority().finishRotation();
    try (RpcServer server = serverWith(north.server())) {
      refuses(server, mixed, "refuses this side's certificate");
      Calls.await("nobody is half-way", () -> server.halfOpen() == 0);
    }
  }

  @Test
  void aServerOnAnotherHostThanCertifiedIsRefused() {
    try (RpcServer server = serverWith(north.server(Role.MEMORY, "memory-2", "192.0.2.7"))) {
      refuses(server, north.client("trader"), "certified for [192.0.2.7]");
    }
  }

  @Test
  void whomARotationHasDroppedIsRefusedAndTheOthersGoOn() {
    RpcSecurity old = north.client("old");
    north.authority().beginRotation();
    RpcSecurity renewed = north.client("renewed");
    north.authority().finishRotation();
    try (RpcServer server = serverWith(north.server())) {
      assertThrows(FabricException.class, () -> connect(server, old));
      try (Channel channel = connect(server, renewed)) {
        assertEquals(1, channel.call(ECHO, new byte[1], in(5000)).length);
      }
    }
  }

  @Test
  void reconnectsWithAFreshHandshake() {
    RpcSecurity client = north.client("trader");
    RpcSecurity security = north.server();
    RpcServer first = serverWith(security);
    InetSocketAddress address = first.address();
    try (Channel channel = RpcClient.connect(address, with(client), in(10_000))) {
      assertEquals(1, channel.call(ECHO, new byte[1], in(5000)).length);
      first.close();
      try (RpcServer second = RpcServer.open(address, methods(), with(security))) {
        assertEquals(1, channel.call(ECHO, new byte[1], in(20_000)).length);
        assertEquals(address, second.address());
      }
    } finally {
      first.close();
    }
  }

  @Test
  void whoStallsOrDiesInItsHandshakeIsFreed() {
    RpcSettings impatient =
        with(north.server())
            .withConnectMax(Calls.patient(2000))
            .withHeartbeat(Calls.patient(500), Calls.patient(4000));
    try (RpcServer server = RpcServer.open(anyPort(), methods(), impatient)) {
      // A client without TLS that says nothing is one that never begins.
      Channel silent = RpcClient.connect(server.address(), in(10_000));
      try (silent) {
        Calls.await("it is half-way", () -> server.halfOpen() == 1);
        Calls.await("its time is over", () -> server.halfOpen() == 0);
        Calls.await("its place is free", () -> server.connections() == 0);
      }
      RpcClient.connect(server.address(), in(10_000)).close();
      Calls.await("the next is gone", () -> server.connections() == 0 && server.halfOpen() == 0);
    }
  }
}
