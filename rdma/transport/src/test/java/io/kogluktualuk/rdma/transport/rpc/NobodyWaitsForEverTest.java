package io.kogluktualuk.rdma.transport.rpc;

import static io.kogluktualuk.rdma.transport.rpc.Calls.ECHO;
import static io.kogluktualuk.rdma.transport.rpc.Calls.anyPort;
import static io.kogluktualuk.rdma.transport.rpc.Calls.in;
import static io.kogluktualuk.rdma.transport.rpc.Calls.patient;
import static io.kogluktualuk.rdma.transport.rpc.RpcChild.BLOCK;
import static io.kogluktualuk.rdma.transport.rpc.RpcChild.COUNT;
import static io.kogluktualuk.rdma.transport.rpc.RpcChild.INLINE;
import static io.kogluktualuk.rdma.transport.rpc.RpcChild.NEVER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/// Peers that are stopped, mute, half open or dead: each wait has an end, in time and with a
/// reason.
@Timeout(120)
class NobodyWaitsForEverTest {

  private static final RpcSettings QUICK =
      RpcSettings.defaults().withHeartbeat(patient(100), patient(600));

  private static final Duration NEVER_LOSE = Duration.ofMinutes(5);

  /// Fails as expected, and not long after `millis`.
  private static <E extends FabricException> E failsIn(
      long millis, Class<E> kind, Executable call) {
    long start = System.nanoTime();
    E found = assertThrows(kind, call);
    long took = System.nanoTime() - start;
    assertTrue(took < patient(millis + 5000).toNanos(), "took " + took);
    return found;
  }

  private static void says(String words, Throwable fault) {
    assertTrue(String.valueOf(fault.getMessage()).contains(words), fault::toString);
  }

  @Test
  void aStoppedServerEndsCallsByTheirDeadlineAndByHeartbeats() throws Exception {
    try (RpcChild.Server server = RpcChild.server(patient(100), NEVER_LOSE, RpcEndpoint.WINDOW);
        Channel channel = RpcClient.connect(server.address(), QUICK, in(10_000))) {
      assertEquals(5, channel.call(ECHO, new byte[5], in(10_000)).length);
      Calls.signal("STOP", server.process().pid());
      says(
          "no answer in time",
          failsIn(200, DeadlineExceeded.class, () -> channel.call(ECHO, new byte[5], in(200))));
      says(
          "no sign of life",
          failsIn(1000, Unavailable.class, () -> channel.call(NEVER, new byte[5], in(60_000))));
      // Nobody answers the handshake either.
      failsIn(300, DeadlineExceeded.class, () -> channel.call(ECHO, new byte[5], in(300)));
      Calls.signal("CONT", server.process().pid());
      Calls.await("the server is found again", () -> isAnswered(channel));
    }
  }

  private static boolean isAnswered(Channel channel) {
    try {
      return channel.call(ECHO, new byte[5], in(1000)).length == 5;
    } catch (DeadlineExceeded | Unavailable e) {
      return false;
    }
  }

  @Test
  void aCallThatFoundNoCreditInTimeIsNeverMade() throws Exception {
    RpcSettings patience = RpcSettings.defaults().withHeartbeat(patient(100), NEVER_LOSE);
    try (RpcChild.Server server = RpcChild.server(patient(100), NEVER_LOSE, 2);
        Channel channel = RpcClient.connect(server.address(), patience, 2, in(10_000));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      assertEquals(1, count(channel));
      Calls.signal("STOP", server.process().pid());
      List<Future<byte[]>> filling = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        int sent = i;
        long before = RpcStatistics.process().messagesSent().sum();
        filling.add(callers.submit(() -> channel.call(ECHO, new byte[sent], in(60_000))));
        Calls.await("it is sent", () -> RpcStatistics.process().messagesSent().sum() > before);
      }
      for (int i = 0; i < 3; i++) {
        says(
            "no credit",
            failsIn(200, DeadlineExceeded.class, () -> channel.call(COUNT, new byte[9], in(200))));
      }
      List<Future<byte[]>> large = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        large.add(callers.submit(() -> channel.call(COUNT, new byte[30_000], in(300))));
      }
      for (Future<byte[]> call : large) {
        Exception e = assertThrows(ExecutionException.class, call::get);
        says("no credit", assertInstanceOf(DeadlineExceeded.class, e.getCause()));
      }
      Calls.signal("CONT", server.process().pid());
      for (int i = 0; i < 2; i++) {
        assertEquals(i, filling.get(i).get().length);
      }
      assertEquals(2, count(channel));
    }
  }

  private static long count(Channel channel) {
    return ByteBuffer.wrap(channel.call(COUNT, new byte[0], in(10_000))).getLong();
  }

  @Test
  void aServerThatDiesInMidCallFailsItAtOnce() throws Exception {
    RpcChild.Server server = RpcChild.server(patient(500), NEVER_LOSE, RpcEndpoint.WINDOW);
    try (Channel channel = RpcClient.connect(server.address(), in(10_000));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      assertEquals(1, count(channel));
      Future<byte[]> call = callers.submit(() -> channel.call(NEVER, new byte[5], in(60_000)));
      assertEquals(5, channel.call(ECHO, new byte[5], in(10_000)).length);
      Calls.await("it is in flight", () -> !call.isDone());
      server.process().kill();
      Exception e = assertThrows(ExecutionException.class, call::get);
      says("may or may not have happened", assertInstanceOf(Unavailable.class, e.getCause()));
      failsIn(5000, Unavailable.class, () -> channel.call(ECHO, new byte[5], in(5000)));
    }
  }

  @Test
  void aServerWhoseThreadIsStuckIsFoundByItsSilence() throws Exception {
    try (RpcChild.Server server = RpcChild.server(patient(100), NEVER_LOSE, RpcEndpoint.WINDOW);
        Channel channel = RpcClient.connect(server.address(), QUICK, in(10_000))) {
      says(
          "no sign of life",
          failsIn(1000, Unavailable.class, () -> channel.call(BLOCK, new byte[5], in(60_000))));
      server.process().kill();
    }
  }

  @Test
  void aListenerThatNeverCompletesTheHandshakeEndsTheAttempt() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 8, RdmaAddress.host())) {
      InetSocketAddress address = RdmaAddress.port(mute.getLocalPort());
      failsIn(300, FabricException.class, () -> RpcClient.connect(address, in(300)));
      RpcSettings impatient = RpcSettings.defaults().withConnectMax(patient(200));
      failsIn(200, FabricException.class, () -> RpcClient.connect(address, impatient, in(60_000)));
    }
  }

  @Test
  void stoppedAndDeadClientsAreFoundAndTheirConnectionsFreed() throws Exception {
    // A new process on a busy machine may say nothing for a second.
    RpcSettings settings = RpcSettings.defaults().withHeartbeat(patient(200), patient(3000));
    try (RpcServer server = RpcServer.open(anyPort(), RpcChild.methods(), settings)) {
      try (ChildJvm client = RpcChild.client(server.address())) {
        client.tell("7");
        assertEquals("7", client.line());
        assertEquals(1, server.connections());
        Calls.signal("STOP", client.pid());
        Calls.await("the stopped client is given up", () -> server.connections() == 0);
        Calls.signal("CONT", client.pid());
        client.tell("8");
        assertEquals("8", client.line());
        assertEquals(1, server.connections());
        client.kill();
        Calls.await("the dead client is given up", () -> server.connections() == 0);
      }
    }
  }

  @Test
  void anIdleConnectionStaysUp() throws Exception {
    RpcStatistics statistics = RpcStatistics.process();
    long givenUp = statistics.peersGivenUp().sum();
    try (RpcServer server = RpcServer.open(anyPort(), RpcChild.methods(), QUICK);
        Channel channel = RpcClient.connect(server.address(), QUICK, in(5000))) {
      assertEquals(5, channel.call(INLINE, new byte[5], in(5000)).length);
      long reconnects = statistics.reconnects().sum();
      long start = System.nanoTime();
      Calls.await(
          "it was idle for long", () -> System.nanoTime() - start > 2 * patient(600).toNanos());
      assertEquals(5, channel.call(INLINE, new byte[5], in(5000)).length);
      assertEquals(reconnects, statistics.reconnects().sum());
      assertEquals(givenUp, statistics.peersGivenUp().sum());
    }
  }

  @Test
  void moreClientsThanAServerTakesAreRefusedUntilOneLeaves() {
    var two = new RpcServer.Limits(2, 64, RpcEndpoint.WINDOW);
    try (RpcServer server = RpcServer.open(anyPort(), RpcChild.methods(), QUICK, two);
        Channel first = RpcClient.connect(server.address(), in(5000))) {
      try (Channel second = RpcClient.connect(server.address(), in(5000))) {
        failsIn(5000, FabricException.class, () -> RpcClient.connect(server.address(), in(5000)));
        assertEquals(2, second.call(ECHO, new byte[2], in(5000)).length);
      }
      Calls.await("the place is free again", () -> canConnect(server));
      assertEquals(2, first.call(ECHO, new byte[2], in(5000)).length);
    }
  }

  private static boolean canConnect(RpcServer server) {
    try (Channel third = RpcClient.connect(server.address(), in(5000))) {
      return third.call(ECHO, new byte[2], in(5000)).length == 2;
    } catch (Unavailable | DeadlineExceeded e) {
      return false;
    }
  }

  @Test
  @SuppressWarnings("try") // It closes early on purpose.
  void moreCallsThanAServerAnswersAreRefused() throws Exception {
    var few = new RpcServer.Limits(2, 4, RpcEndpoint.WINDOW);
    try (RpcServer server = RpcServer.open(anyPort(), RpcChild.methods(), QUICK, few);
        Channel channel = RpcClient.connect(server.address(), in(5000));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      long served = RpcStatistics.process().refused().sum();
      List<Future<byte[]>> stuck = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        stuck.add(callers.submit(() -> channel.call(NEVER, new byte[1], in(60_000))));
      }
      // Asked before, it could take the place of one of the four.
      Calls.await("four are being answered", () -> server.callsInFlight() == 4);
      failsIn(5000, Unavailable.class, () -> channel.call(ECHO, new byte[2], in(5000)));
      assertTrue(RpcStatistics.process().refused().sum() > served);
      // What is answered at once needs no place.
      assertEquals(3, channel.call(INLINE, new byte[3], in(5000)).length);
      channel.close();
      for (Future<byte[]> call : stuck) {
        Exception e = assertThrows(ExecutionException.class, call::get);
        assertInstanceOf(AlreadyClosed.class, e.getCause());
      }
    }
  }

  @Test
  @SuppressWarnings("try") // It closes early on purpose.
  void callersBeyondThePlacesOfAConnectionWaitAndFailInTime() throws Exception {
    try (RpcServer server = RpcServer.open(anyPort(), RpcChild.methods());
        Channel channel = RpcClient.connect(server.address(), in(5000));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> stuck = new ArrayList<>();
      for (int i = 0; i < PendingCall.PLACES; i++) {
        stuck.add(callers.submit(() -> channel.call(NEVER, new byte[1], in(60_000))));
      }
      Calls.await(
          "all places are taken",
          () ->
              RpcStatistics.process().clients().stream()
                  .anyMatch(client -> client.callsInFlight() == PendingCall.PLACES));
      says(
          "in flight already",
          failsIn(200, DeadlineExceeded.class, () -> channel.call(ECHO, new byte[1], in(200))));
      server.close();
      for (Future<byte[]> call : stuck) {
        Exception e = assertThrows(ExecutionException.class, call::get);
        assertInstanceOf(Unavailable.class, e.getCause());
      }
    }
  }

  @Test
  void anInterruptedCallerLeaves() throws Exception {
    try (RpcServer server = RpcServer.open(anyPort(), RpcChild.methods());
        Channel channel = RpcClient.connect(server.address(), in(5000))) {
      for (Thread.Builder kind : List.of(Thread.ofVirtual(), Thread.ofPlatform())) {
        boolean[] wasInterrupted = {false};
        Thread caller =
            kind.start(
                () -> {
                  assertThrows(
                      Unavailable.class, () -> channel.call(NEVER, new byte[1], in(60_000)));
                  wasInterrupted[0] = Thread.currentThread().isInterrupted();
                });
        Calls.await("it waits", () -> caller.getState() == Thread.State.WAITING);
        caller.interrupt();
        caller.join(patient(10_000));
        assertTrue(wasInterrupted[0]);
      }
      assertEquals(3, channel.call(ECHO, new byte[3], in(5000)).length);
    }
  }

  /// A caller far from its deadline waits without a timer; it must be back in time all the same.
  @Test
  void aFarDeadlineIsKeptToo() {
    try (RpcServer server = RpcServer.open(anyPort(), RpcChild.methods());
        Channel channel = RpcClient.connect(server.address(), in(5000))) {
      long start = System.nanoTime();
      assertThrows(
          DeadlineExceeded.class,
          () ->
              channel.call(
                  NEVER,
                  new byte[1],
                  io.kogluktualuk.fabric.rpc.Deadline.after(Duration.ofMillis(3300))));
      long millis = (System.nanoTime() - start) / 1_000_000;
      assertTrue(millis >= 3300, "took " + millis);
      assertTrue(millis < 3300 + patient(2000).toMillis(), "took " + millis);
    }
  }
}
