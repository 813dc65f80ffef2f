package io.kogluktualuk.rdma.transport.rpc;

import static io.kogluktualuk.rdma.transport.rpc.Calls.BYTES;
import static io.kogluktualuk.rdma.transport.rpc.Calls.ECHO;
import static io.kogluktualuk.rdma.transport.rpc.Calls.in;

import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/// A server or a client in a process of its own, to be stopped, continued and killed.
final class RpcChild {

  /// Counts itself, and answers how often it was called.
  static final Method<byte[], byte[]> COUNT = new Method<>(3, "test.count", BYTES, BYTES, false);

  /// Never answers.
  static final Method<byte[], byte[]> NEVER = new Method<>(4, "test.never", BYTES, BYTES, false);

  /// Answers on the thread that takes messages.
  static final Method<byte[], byte[]> INLINE = new Method<>(5, "test.inline", BYTES, BYTES, true);

  /// Blocks the thread that takes messages, as no handler should.
  static final Method<byte[], byte[]> BLOCK = new Method<>(6, "test.block", BYTES, BYTES, false);

  private RpcChild() {}

  /// A server that listens.
  record Server(ChildJvm process, InetSocketAddress address) implements AutoCloseable {

    @Override
    public void close() throws IOException {
      if (process.isAlive()) {
        Calls.signal("CONT", process.pid());
      }
      process.close();
    }
  }

  static Server server(Duration ping, Duration lose, int window) throws IOException {
    ChildJvm process =
        ChildJvm.start(
            RpcChild.class,
            "server",
            Long.toString(ping.toMillis()),
            Long.toString(lose.toMillis()),
            Integer.toString(window));
    return new Server(process, RdmaAddress.port(Integer.parseInt(process.line())));
  }

  /// A client that makes one call for each line it is told, and prints how it ended.
  static ChildJvm client(InetSocketAddress server) throws IOException {
    return ChildJvm.start(RpcChild.class, "client", Integer.toString(server.getPort()));
  }

  static MethodTable methods() {
    AtomicLong count = new AtomicLong();
    CountDownLatch never = new CountDownLatch(1);
    return new MethodTable()
        .on(ECHO, request -> request)
        .on(COUNT, _ -> ByteBuffer.allocate(Long.BYTES).putLong(count.incrementAndGet()).array())
        .on(NEVER, request -> forEver(never, request))
        .onInline(INLINE, request -> request)
        .onInline(BLOCK, request -> forEver(never, request));
  }

  private static byte[] forEver(CountDownLatch never, byte[] request) {
    try {
      never.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return request;
  }

  public static void main(String[] args) throws IOException {
    if (args[0].equals("client")) {
      callWhenTold(RdmaAddress.port(Integer.parseInt(args[1])));
      return;
    }
    RpcSettings settings =
        RpcSettings.defaults()
            .withHeartbeat(
                Duration.ofMillis(Long.parseLong(args[1])),
                Duration.ofMillis(Long.parseLong(args[2])));
    var limits = new RpcServer.Limits(16, RpcServer.CALLS_MAX, Integer.parseInt(args[3]));
    try (RpcServer server = RpcServer.open(RdmaAddress.anyPort(), methods(), settings, limits)) {
      System.out.println(server.address().getPort());
      while (System.in.read() >= 0) {
        // Its end is the sign.
      }
    }
  }

  private static void callWhenTold(InetSocketAddress server) throws IOException {
    var lines =
        new java.io.BufferedReader(
            new java.io.InputStreamReader(System.in, java.nio.charset.StandardCharsets.UTF_8));
    try (Channel channel = RpcClient.open(server)) {
      String line = lines.readLine();
      while (line != null) {
        byte[] answer = channel.call(ECHO, new byte[Integer.parseInt(line)], in(10_000));
        System.out.println(answer.length);
        line = lines.readLine();
      }
    }
  }
}
