package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;

/// The process that makes the calls. A single caller is a platform thread, more are virtual ones.
///
/// **Threading:** orders are carried out one after the other.
final class RpcInitiator {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Channel channel;
  private final DarpcEcho.Client raw;
  private final UnixDomainSocketAddress socket;
  private long[] nanos = {};

  /// What one caller does again and again.
  private interface Exchange {
    void run() throws IOException;
  }

  /// Makes an exchange for one caller; closing ends what belongs to it.
  private record Caller(Exchange exchange, AutoCloseable resource) {}

  private RpcInitiator(Channel channel, DarpcEcho.Client raw, UnixDomainSocketAddress socket) {
    this.channel = channel;
    this.raw = raw;
    this.socket = socket;
  }

  /// @param args the ports of the calls and of DaRPC as it comes, the Unix socket of the peer
  public static void main(String[] args) throws Exception {
    LogManager.getLogManager().reset();
    DarpcEcho.Client raw = new DarpcEcho.Client(local(args[1]));
    try (Channel channel = RpcClient.connect(local(args[0]), Deadline.after(PATIENCE))) {
      RpcInitiator initiator = new RpcInitiator(channel, raw, UnixDomainSocketAddress.of(args[2]));
      AgentLoop.run("ready", initiator::carryOut);
    }
  }

  private static InetSocketAddress local(String port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
  }

  /// `inline`, `virtual`, `darpc` and `unix` take the number of callers and of all calls, and
  /// answer the nanoseconds; `latency` takes a share in thousandths and answers that of the last
  /// run.
  private long carryOut(String operation, int callers, int times) throws Exception {
    return switch (operation) {
      case "inline" -> all(callers, times, RpcEcho.INLINE);
      case "virtual" -> all(callers, times, RpcEcho.VIRTUAL);
      case "unix" -> all(callers, times, null);
      case "darpc" -> raw.run(callers, times);
      case "latency" -> nanos[(int) ((long) nanos.length * callers / 1000)];
      case "allocated" -> Allocation.ofThisProcess();
      default -> throw new IllegalArgumentException(operation);
    };
  }

  private long all(
      int callers, int times, @Nullable Method<RpcEcho.Message, RpcEcho.Message> method)
      throws Exception {
    int each = Math.max(1, times / callers);
    if (nanos.length != callers * each) {
      nanos = new long[callers * each];
    }
    Caller[] all = new Caller[callers];
    for (int i = 0; i < callers; i++) {
      all[i] = method == null ? unixCaller() : channelCaller(method);
    }
    try (ExecutorService threads =
        callers == 1
            ? Executors.newSingleThreadExecutor()
            : Executors.newVirtualThreadPerTaskExecutor()) {
      return run(threads, all, each);
    } finally {
      for (Caller caller : all) {
        caller.resource().close();
      }
      Arrays.sort(nanos);
    }
  }

  private long run(ExecutorService threads, Caller[] callers, int each)
      throws InterruptedException, ExecutionException {
    Future<?>[] done = new Future<?>[callers.length];
    long start = System.nanoTime();
    for (int i = 0; i < callers.length; i++) {
      Exchange exchange = callers[i].exchange();
      int from = i * each;
      done[i] =
          threads.submit(
              () -> {
                long begun = System.nanoTime();
                for (int n = from; n < from + each; n++) {
                  exchange.run();
                  long ended = System.nanoTime();
                  nanos[n] = ended - begun;
                  begun = ended;
                }
                return null;
              });
    }
    for (Future<?> one : done) {
      one.get();
    }
    return System.nanoTime() - start;
  }

  private Caller channelCaller(Method<RpcEcho.Message, RpcEcho.Message> method) {
    Deadline deadline = Deadline.after(PATIENCE);
    return new Caller(
        () -> {
          RpcEcho.Message answer = channel.call(method, RpcEcho.MESSAGE, deadline);
          if (answer != RpcEcho.MESSAGE) {
            throw new IOException("another message came back");
          }
        },
        () -> {});
  }

  private Caller unixCaller() throws IOException {
    SocketChannel connection = SocketChannel.open(socket);
    ByteBuffer message = ByteBuffer.allocateDirect(RpcEcho.BYTES);
    return new Caller(() -> UnixEcho.call(connection, message), connection);
  }
}
