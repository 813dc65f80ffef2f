package io.kogluktualuk.rdma.transport.rpc;

import static io.kogluktualuk.rdma.transport.rpc.Calls.ECHO;
import static io.kogluktualuk.rdma.transport.rpc.Calls.ONCE;
import static io.kogluktualuk.rdma.transport.rpc.Calls.anyPort;
import static io.kogluktualuk.rdma.transport.rpc.Calls.in;
import static io.kogluktualuk.rdma.transport.rpc.Calls.patient;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.rpc.MethodTable;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Control calls between two ends in one process, over the installed provider.
@Timeout(30)
class RpcTest {

  private static MethodTable echo() {
    return new MethodTable().on(ECHO, request -> request);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 4096, 32_765})
  void answersWhatWasAsked(int bytes) {
    byte[] request = new byte[bytes];
    new Random(bytes).nextBytes(request);
    try (RpcServer server = RpcServer.open(anyPort(), echo());
        Channel channel = RpcClient.connect(server.address(), in(5000))) {
      assertArrayEquals(request, channel.call(ECHO, request, in(5000)));
    }
  }

  @Test
  void manyCallersShareAChannel() throws Exception {
    try (RpcServer server = RpcServer.open(anyPort(), echo());
        Channel channel = RpcClient.connect(server.address(), in(5000));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> results = new ArrayList<>();
      for (int caller = 0; caller < 64; caller++) {
        Random random = new Random(caller);
        results.add(callers.submit(() -> echoes(channel, random, 200)));
      }
      for (Future<Integer> result : results) {
        assertEquals(200, result.get());
      }
    }
  }

  private static int echoes(Channel channel, Random random, int count) {
    int done = 0;
    for (int i = 0; i < count; i++) {
      byte[] request = new byte[random.nextInt(i % 20 == 0 ? 32_000 : 200)];
      random.nextBytes(request);
      assertArrayEquals(request, channel.call(ECHO, request, in(20_000)));
      done++;
    }
    return done;
  }

  @Test
  void blockedHandlersDoNotHoldUpOthers() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch started = new CountDownLatch(500);
    MethodTable methods =
        echo()
            .on(
                ONCE,
                request -> {
                  started.countDown();
                  await(release);
                  return request;
                });
    try (RpcServer server = RpcServer.open(anyPort(), methods);
        Channel channel = RpcClient.connect(server.address(), in(5000));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> blocked = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        byte[] request = {(byte) i};
        blocked.add(callers.submit(() -> channel.call(ONCE, request, in(20_000))));
      }
      assertTrue(started.await(10, TimeUnit.SECONDS));
      assertEquals(3, channel.call(ECHO, new byte[3], in(5000)).length);
      release.countDown();
      for (int i = 0; i < 500; i++) {
        assertArrayEquals(new byte[] {(byte) i}, blocked.get(i).get());
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new Unavailable("the latch was not released");
      }
    } catch (InterruptedException e) {
      throw new Unavailable("interrupted", e);
    }
  }

  @Test
  void faultsArriveAsTheirKind() {
    List<FabricException> faults =
        List.of(
            new AlreadyClosed("a"),
            new Conflict("b"),
            new Corruption("c"),
            new DeadlineExceeded("d"),
            new InvalidArgument("e"),
            new MalformedEncoding("f"),
            new NotFound("blob 3f1a is nowhere ⚠"),
            new OutOfSpace("h"),
            new Refused("i"),
            new Unavailable("j"));
    MethodTable methods =
        new MethodTable()
            .on(
                ONCE,
                request -> {
                  throw faults.get(request[0]);
                });
    try (RpcServer server = RpcServer.open(anyPort(), methods);
        Channel channel = RpcClient.connect(server.address(), in(5000))) {
      for (int i = 0; i < faults.size(); i++) {
        byte[] request = {(byte) i};
        FabricException found =
            assertThrows(FabricException.class, () -> channel.call(ONCE, request, in(5000)));
        assertSame(faults.get(i).getClass(), found.getClass());
        assertEquals(faults.get(i).getMessage(), found.getMessage());
      }
      // A programming error in a handler is told, and harms nobody else.
      assertThrows(Refused.class, () -> channel.call(ONCE, new byte[] {99}, in(5000)));
      assertThrows(Refused.class, () -> channel.call(ECHO, new byte[1], in(5000)));
    }
  }

  @Test
  void messagesThatAreTooLongFailBeforeAnythingIsSent() {
    AtomicInteger served = new AtomicInteger();
    MethodTable methods =
        new MethodTable()
            .on(
                ECHO,
                request -> {
                  served.incrementAndGet();
                  return new byte[Channel.MESSAGE_BYTES_MAX];
                });
    try (RpcServer server = RpcServer.open(anyPort(), methods);
        Channel channel = RpcClient.connect(server.address(), in(5000))) {
      byte[] huge = new byte[Channel.MESSAGE_BYTES_MAX];
      assertThrows(OutOfSpace.class, () -> channel.call(ECHO, huge, in(5000)));
      assertEquals(0, served.get());
      assertThrows(OutOfSpace.class, () -> channel.call(ECHO, new byte[1], in(5000)));
    }
  }

  @Test
  void malformedRequestsAreToldToTheCaller() {
    Method<String, byte[]> wrong =
        new Method<>(
            ECHO.number(),
            "test.wrong",
            new io.kogluktualuk.fabric.rpc.Codec<>() {
              @Override
              public void write(
                  String message, io.kogluktualuk.fabric.codec.CanonicalWriter writer) {
                writer.raw(message.getBytes(StandardCharsets.UTF_8));
              }

              @Override
              public String read(io.kogluktualuk.fabric.codec.CanonicalReader reader) {
                return reader.text(10, "text");
              }
            },
            Calls.BYTES,
            true);
    try (RpcServer server = RpcServer.open(anyPort(), echo());
        Channel channel = RpcClient.connect(server.address(), in(5000))) {
      assertThrows(MalformedEncoding.class, () -> channel.call(wrong, "zzz", in(5000)));
    }
  }

  @Test
  void aDeadlineEndsTheCallAndTheLateAnswerIsIgnored() {
    CountDownLatch release = new CountDownLatch(1);
    MethodTable methods =
        echo()
            .on(
                ONCE,
                request -> {
                  long left = RpcServer.DEADLINE.get().remainingNanos();
                  assertTrue(left < patient(200).toNanos());
                  await(release);
                  return request;
                });
    try (RpcServer server = RpcServer.open(anyPort(), methods);
        Channel channel = RpcClient.connect(server.address(), in(5000))) {
      long started = System.nanoTime();
      assertThrows(DeadlineExceeded.class, () -> channel.call(ONCE, new byte[1], in(200)));
      long took = System.nanoTime() - started;
      assertTrue(took >= patient(200).toNanos(), "took " + took);
      assertTrue(took < patient(2000).toNanos(), "took " + took);
      release.countDown();
      assertEquals(5, channel.call(ECHO, new byte[5], in(5000)).length);
      assertThrows(DeadlineExceeded.class, () -> channel.call(ECHO, new byte[5], in(0)));
    }
  }

  @Test
  void aLostServerFailsWaitingCallsAtOnceAndANewOneIsFound() throws Exception {
    CountDownLatch started = new CountDownLatch(50);
    CountDownLatch never = new CountDownLatch(1);
    MethodTable methods =
        echo()
            .on(
                ONCE,
                request -> {
                  started.countDown();
                  await(never);
                  return request;
                });
    RpcServer server = RpcServer.open(anyPort(), methods);
    InetSocketAddress address = server.address();
    try (Channel channel = RpcClient.connect(address, in(5000));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> waiting = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        waiting.add(callers.submit(() -> channel.call(ONCE, new byte[1], in(20_000))));
      }
      assertTrue(started.await(10, TimeUnit.SECONDS));
      long before = System.nanoTime();
      server.close();
      for (Future<byte[]> call : waiting) {
        Exception e = assertThrows(Exception.class, call::get);
        assertInstanceOf(Unavailable.class, e.getCause());
      }
      assertTrue(System.nanoTime() - before < patient(3000).toNanos());
      assertThrows(Unavailable.class, () -> channel.call(ECHO, new byte[1], in(5000)));
      try (RpcServer second = RpcServer.open(address, echo())) {
        assertEquals(address, second.address());
        assertEquals(7, channel.call(ECHO, new byte[7], in(5000)).length);
      }
    }
  }

  @Test
  void idempotentCallsAreSentOnceMoreAfterALossAndOthersAreNot() throws Exception {
    for (Method<byte[], byte[]> method : List.of(ECHO, ONCE)) {
      CountDownLatch started = new CountDownLatch(1);
      CountDownLatch never = new CountDownLatch(1);
      MethodTable stuck =
          new MethodTable()
              .on(
                  method,
                  request -> {
                    started.countDown();
                    await(never);
                    return request;
                  });
      RpcServer first = RpcServer.open(anyPort(), stuck);
      try (Channel channel = RpcClient.connect(first.address(), in(5000));
          var callers = Executors.newVirtualThreadPerTaskExecutor()) {
        // The port is free while the first server is still dropping its connections.
        Future<byte[]> call = callers.submit(() -> channel.call(method, new byte[4], in(20_000)));
        assertTrue(started.await(10, TimeUnit.SECONDS));
        RpcServer second = handOver(first, method);
        try (second) {
          if (method.idempotent()) {
            assertEquals(4, call.get().length);
          } else {
            Exception e = assertThrows(Exception.class, call::get);
            assertInstanceOf(Unavailable.class, e.getCause());
            assertTrue(String.valueOf(e.getMessage()).contains("may or may not have happened"));
          }
        }
      }
    }
  }

  /// Callers that come in the very moment of a loss once used up all their attempts on the
  /// connection that was going.
  @Test
  void callersInTheMomentOfALossFindTheNextServer() throws Exception {
    RpcServer server = RpcServer.open(anyPort(), echo());
    AtomicBoolean isOver = new AtomicBoolean();
    try (Channel channel = RpcClient.connect(server.address(), in(5000));
        var callers = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      List<Future<Integer>> counts = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        counts.add(
            callers.submit(
                () -> {
                  int calls = 0;
                  for (; !isOver.get(); calls++) {
                    assertEquals(3, channel.call(ECHO, new byte[3], in(20_000)).length);
                  }
                  return calls;
                }));
      }
      try {
        for (int round = 0; round < 30; round++) {
          server = handOver(server, ECHO);
          assertEquals(5, channel.call(ECHO, new byte[5], in(20_000)).length);
        }
      } finally {
        isOver.set(true);
      }
      for (Future<Integer> count : counts) {
        assertTrue(count.get() > 0);
      }
    } finally {
      server.close();
    }
  }

  /// Ends one server and starts another on its port, in such an order that a caller whose
  /// connection is lost finds the second.
  private static RpcServer handOver(RpcServer first, Method<byte[], byte[]> method) {
    first.stopListening();
    RpcServer second =
        RpcServer.open(first.address(), new MethodTable().on(method, request -> request));
    first.close();
    return second;
  }

  @Test
  void aPortInUseIsAConflictAndNobodyThereIsUnavailable() {
    InetSocketAddress address;
    try (RpcServer server = RpcServer.open(anyPort(), echo())) {
      address = server.address();
      assertNotEquals(0, address.getPort());
      assertThrows(Conflict.class, () -> RpcServer.open(address, echo()));
    }
    assertThrows(Unavailable.class, () -> RpcClient.connect(address, in(5000)));
  }

  @Test
  void aClosedChannelSaysSo() {
    try (RpcServer server = RpcServer.open(anyPort(), echo())) {
      Channel channel = RpcClient.connect(server.address(), in(5000));
      channel.close();
      channel.close();
      assertThrows(AlreadyClosed.class, () -> channel.call(ECHO, new byte[1], in(5000)));
    }
  }

  @Test
  void clustersComeAndGoWithoutLeavingThreads() throws Exception {
    long before = ours();
    for (int round = 0; round < 10; round++) {
      List<RpcServer> servers = new ArrayList<>();
      List<Channel> channels = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        servers.add(RpcServer.open(anyPort(), echo()));
      }
      for (RpcServer server : servers) {
        for (int i = 0; i < 3; i++) {
          Channel channel = RpcClient.connect(server.address(), in(5000));
          assertEquals(2, channel.call(ECHO, new byte[2], in(5000)).length);
          channels.add(channel);
        }
      }
      if (round % 2 == 0) {
        channels.forEach(Channel::close);
        servers.forEach(RpcServer::close);
      } else {
        servers.forEach(RpcServer::close);
        channels.forEach(Channel::close);
      }
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (ours() > before && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals(before, ours(), () -> Thread.getAllStackTraces().keySet().toString());
  }

  @Test
  void clustersComeAndGoWithoutLeavingFilesOrMappings() throws Exception {
    java.nio.file.Path self = java.nio.file.Path.of("/proc/self");
    org.junit.jupiter.api.Assumptions.assumeTrue(java.nio.file.Files.isDirectory(self));
    long files = 0;
    long mappings = 0;
    for (int round = 0; round < 30; round++) {
      try (RpcServer server = RpcServer.open(anyPort(), echo());
          Channel first = RpcClient.connect(server.address(), in(5000));
          Channel second = RpcClient.connect(server.address(), in(5000))) {
        assertEquals(2, first.call(ECHO, new byte[2], in(5000)).length);
        assertEquals(2, second.call(ECHO, new byte[2], in(5000)).length);
      }
      if (round == 9) {
        System.gc();
        files = count(self.resolve("fd"));
        mappings = lines(self.resolve("maps"));
      }
    }
    long filesNow = count(self.resolve("fd"));
    assertTrue(filesNow <= files + 5, "files " + files + " -> " + filesNow);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    long mappingsNow = lines(self.resolve("maps"));
    while (mappingsNow > mappings + 40 && System.nanoTime() < deadline) {
      // Doorbells are unmapped by the collector, some time after it has found them.
      System.gc();
      mappingsNow = lines(self.resolve("maps"));
    }
    assertTrue(mappingsNow <= mappings + 40, "mappings " + mappings + " -> " + mappingsNow);
  }

  private static long count(java.nio.file.Path folder) throws java.io.IOException {
    try (var files = java.nio.file.Files.list(folder)) {
      return files.count();
    }
  }

  private static long lines(java.nio.file.Path file) throws java.io.IOException {
    try (var lines = java.nio.file.Files.lines(file)) {
      return lines.count();
    }
  }

  private static long ours() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("kog-") || isDisni(thread))
        .count();
  }

  private static boolean isDisni(Thread thread) {
    return java.util.Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getClassName().startsWith("com.ibm."));
  }
}
