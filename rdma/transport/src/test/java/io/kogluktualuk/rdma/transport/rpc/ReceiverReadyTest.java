package io.kogluktualuk.rdma.transport.rpc;

import static io.kogluktualuk.rdma.transport.rpc.Calls.ECHO;
import static io.kogluktualuk.rdma.transport.rpc.Calls.anyPort;
import static io.kogluktualuk.rdma.transport.rpc.Calls.in;
import static io.kogluktualuk.rdma.transport.rpc.RpcChild.INLINE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.rdma.transport.credit.CreditLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tries to make a message meet no RECV, by everything that callers, handlers and peers can do.
///
/// Endpoints have `rnr_retry` 0, so one such message is a failed completion with status 13, a lost
/// connection and a failed call; it would show in each of the three.
@Timeout(120)
class ReceiverReadyTest {

  private static final RpcStatistics STATISTICS = RpcStatistics.process();

  /// Pings as often as possible, and gives nobody up.
  private static final RpcSettings RESTLESS =
      RpcSettings.defaults().withHeartbeat(Duration.ofMillis(4), Duration.ofMinutes(5));

  private long notReady;
  private long reconnects;
  private long lost;
  private long pings;

  @BeforeEach
  void count() {
    notReady = STATISTICS.receiverNotReady().sum();
    reconnects = STATISTICS.reconnects().sum();
    lost = STATISTICS.calls(RpcStatistics.Result.LOST);
    pings = STATISTICS.pings().sum();
  }

  @AfterEach
  void neverNotReady() {
    if (expectsNotReady) {
      return;
    }
    assertEquals(notReady, STATISTICS.receiverNotReady().sum(), "messages that met no RECV");
  }

  private boolean expectsNotReady;

  private void nothingWasLost() {
    assertEquals(reconnects, STATISTICS.reconnects().sum(), "connections made again");
    assertEquals(lost, STATISTICS.calls(RpcStatistics.Result.LOST), "calls lost");
  }

  private static RpcServer.Limits window(int window) {
    return new RpcServer.Limits(16, RpcServer.CALLS_MAX, window);
  }

  /// Echoes, with a pause of up to 3 ms that the first byte chooses.
  private static MethodTable slow() {
    return new MethodTable()
        .onInline(INLINE, request -> request)
        .on(
            ECHO,
            request -> {
              if (request.length > 0 && request[0] % 4 == 0) {
                LockSupport.parkNanos((request[0] & 3) * 1_000_000L);
              }
              return request;
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void manyCallersSlowHandlersAndPingsAllTheTime(int window) throws Exception {
    try (RpcServer server = RpcServer.open(anyPort(), slow(), RESTLESS, window(window));
        Channel one = RpcClient.connect(server.address(), RESTLESS, window, in(5000));
        Channel two = RpcClient.connect(server.address(), RESTLESS, window, in(5000));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Seeds.run(
          ReceiverReadyTest.class,
          1,
          random -> {
            List<Future<?>> all = new ArrayList<>();
            for (int caller = 0; caller < 96; caller++) {
              RandomGenerator own = new SplittableRandom(random.nextLong());
              Channel channel = caller % 2 == 0 ? one : two;
              all.add(callers.submit(() -> callInBursts(channel, own, 60)));
            }
            for (Future<?> caller : all) {
              caller.get();
            }
          });
    }
    nothingWasLost();
  }

  /// Bursts of calls of any size, with silences in which the other side wants to know who is there.
  private static void callInBursts(Channel channel, RandomGenerator random, int count) {
    for (int i = 0; i < count; i++) {
      byte[] request = new byte[random.nextInt(random.nextInt(8) == 0 ? 32_000 : 300)];
      random.nextBytes(request);
      var method = random.nextBoolean() ? ECHO : INLINE;
      assertArrayEquals(request, channel.call(method, request, in(60_000)));
      if (random.nextInt(20) == 0) {
        LockSupport.parkNanos(random.nextInt(15_000_000));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void aServerThatStopsTakingGetsNoMoreThanItHasRoomFor(int window) throws Exception {
    try (RpcChild.Server server =
            RpcChild.server(RESTLESS.pingAfter(), RESTLESS.loseAfter(), window);
        Channel channel = RpcClient.connect(server.address(), RESTLESS, window, in(10_000));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicBoolean isOver = new AtomicBoolean();
      List<Future<?>> all = callUntil(isOver, channel, callers);
      for (int round = 0; round < 6; round++) {
        long before = STATISTICS.messagesSent().sum();
        Calls.await("calls go on", () -> STATISTICS.messagesSent().sum() > before + 50);
        Calls.signal("STOP", server.process().pid());
        long missed = STATISTICS.heartbeatsMissed().sum();
        // Time for many pings, of which only one may be sent.
        Calls.await("pings are missed", () -> STATISTICS.heartbeatsMissed().sum() > missed + 12);
        Calls.signal("CONT", server.process().pid());
      }
      isOver.set(true);
      for (Future<?> caller : all) {
        caller.get();
      }
    }
    assertTrue(STATISTICS.pings().sum() > pings);
    nothingWasLost();
  }

  private static List<Future<?>> callUntil(
      AtomicBoolean isOver, Channel channel, ExecutorService callers) {
    List<Future<?>> all = new ArrayList<>();
    for (int caller = 0; caller < 48; caller++) {
      RandomGenerator own = new SplittableRandom(caller);
      all.add(
          callers.submit(
              () -> {
                while (!isOver.get()) {
                  callInBursts(channel, own, 5);
                }
              }));
    }
    return all;
  }

  @Test
  void serversThatComeAndGoAreFoundAgain() throws Exception {
    RpcServer server = RpcServer.open(anyPort(), slow(), RESTLESS, window(2));
    try (Channel channel = RpcClient.connect(server.address(), RESTLESS, 2, in(5000));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicBoolean isOver = new AtomicBoolean();
      List<Future<?>> all = new ArrayList<>();
      for (int caller = 0; caller < 24; caller++) {
        RandomGenerator own = new SplittableRandom(caller);
        all.add(callers.submit(() -> callThroughLosses(isOver, channel, own)));
      }
      for (int round = 0; round < 5; round++) {
        long before = STATISTICS.messagesSent().sum();
        Calls.await("calls go on", () -> STATISTICS.messagesSent().sum() > before + 50);
        server.close();
        server = RpcServer.open(server.address(), slow(), RESTLESS, window(2));
      }
      isOver.set(true);
      for (Future<?> caller : all) {
        caller.get();
      }
      assertEquals(4, channel.call(ECHO, new byte[4], in(5000)).length);
    } finally {
      server.close();
    }
    assertTrue(STATISTICS.reconnects().sum() > reconnects);
  }

  private static void callThroughLosses(
      AtomicBoolean isOver, Channel channel, RandomGenerator random) {
    while (!isOver.get()) {
      try {
        callInBursts(channel, random, 5);
      } catch (Unavailable e) {
        // There is no server at times; its reason is the other tests' business.
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  /// That the counters would show it: a client that believes in more RECVs than there are.
  @Test
  void aMessageWithoutAReceiveIsCountedAndEndsTheConnection() throws Exception {
    expectsNotReady = true;
    try (RpcChild.Server server = RpcChild.server(Duration.ofMinutes(1), Duration.ofMinutes(5), 1);
        Channel channel =
            RpcClient.connect(server.address(), RpcSettings.defaults(), 64, in(10_000));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      assertEquals(3, channel.call(ECHO, new byte[3], in(10_000)).length);
      Calls.signal("STOP", server.process().pid());
      List<Future<?>> all = new ArrayList<>();
      for (int message = 0; message < 1 + CreditLedger.CONTROL_MAX + 1; message++) {
        long before = STATISTICS.messagesSent().sum();
        all.add(callers.submit(() -> failing(channel)));
        Calls.await("it is sent", () -> STATISTICS.messagesSent().sum() > before);
      }
      // Completions come in order, and a stopped process may not acknowledge those before.
      Calls.signal("CONT", server.process().pid());
      Calls.await("it is counted", () -> STATISTICS.receiverNotReady().sum() > notReady);
      for (Future<?> caller : all) {
        caller.get();
      }
    }
  }

  private static void failing(Channel channel) {
    try {
      byte[] answer = channel.call(ECHO, new byte[30], in(2000));
      assertEquals(30, answer.length);
    } catch (FabricException e) {
      assertTrue(e instanceof Unavailable || e instanceof DeadlineExceeded, e::toString);
    }
  }
}
