package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.node.NodeSecurity;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.LogManager;

/// The process that makes the calls. A single caller is a platform thread, more are virtual ones.
///
/// **Threading:** orders are carried out one after the other.
final class RpcInitiator {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Channel channel;
  private final Channel sealed;
  private final DarpcEcho.Client raw;
  private final UnixDomainSocketAddress socket;
  private long[] nanos = {};

  /// What one caller does again and again.
  private interface Exchange {
    void run() throws IOException;
  }

  /// Makes an exchange for one caller; closing ends what belongs to it.
  private record Caller(Exchange exchange, AutoCloseable resource) {}

  private RpcInitiator(
      Channel channel, Channel sealed, DarpcEcho.Client raw, UnixDomainSocketAddress socket) {
    this.channel = channel;
    this.sealed = sealed;
    this.raw = raw;
    this.socket = socket;
  }

  /// @param args the ports of the calls, of DaRPC as it comes and of the calls with TLS, the Unix
  ///     socket of the peer
  public static void main(String[] args) throws Exception {
    LogManager.getLogManager().reset();
    DarpcEcho.Client raw = new DarpcEcho.Client(local(args[1]));
    try (Channel channel = RpcClient.connect(local(args[0]), Deadline.after(PATIENCE));
        Channel sealed =
            RpcClient.connect(
                local(args[2]),
                NodeSecurity.of(RpcIdentities.client(Path.of(args[3]))),
                Deadline.after(PATIENCE))) {
      RpcInitiator initiator =
          new RpcInitiator(channel, sealed, raw, UnixDomainSocketAddress.of(args[3]));
      AgentLoop.run("ready", initiator::carryOut);
    }
  }

  private static InetSocketAddress local(String port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
  }

  /// `inline`, `sealed`, `virtual`, `darpc` and `unix` take the number of callers and of all
  /// calls, and answer the nanoseconds; `latency` takes a share in thousandths and answers that
  /// of the last run.
  private long carryOut(String operation, int callers, int times) throws Exception {
    return switch (operation) {
      case "inline" -> all(callers, times, () -> channelCaller(channel, RpcEcho.INLINE));
      case "sealed" -> all(callers, times, () -> channelCaller(sealed, RpcEcho.INLINE));
      case "virtual" -> all(callers, times, () -> channelCaller(channel, RpcEcho.VIRTUAL));
      case "unix" -> all(callers, times, this::unixCaller);
      case "darpc" -> raw.run(callers, times);
      case "latency" -> nanos[(int) ((long) nanos.length * callers / 1000)];
      case "allocated" -> Allocation.ofThisProcess();
      default -> throw new IllegalArgumentException(operation);
    };
  }

  private long all(int callers, int times, Callable<Caller> callersOf) throws Exception {
    int each = Math.max(1, times / callers);
    if (nanos.length != callers * each) {
      nanos = new long[callers * each];
    }
    Caller[] all = new Caller[callers];
    for (int i = 0; i < callers; i++) {
      all[i] = callersOf.call();
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

  private static Caller channelCaller(Channel to, Method<RpcEcho.Message, RpcEcho.Message> method) {
    Deadline deadline = Deadline.after(PATIENCE);
    return new Caller(
        () -> {
          RpcEcho.Message answer = to.call(method, RpcEcho.MESSAGE, deadline);
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
