package io.kogluktualuk.rdma.transport.memory;

import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import io.kogluktualuk.rdma.transport.rpc.RpcServer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Times the transport against a child process: run by hand, on the test class path.
final class TransportBench {

  private TransportBench() {}

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20));
  }

  public static void main(String[] args) throws Exception {
    Path file = Files.createTempFile(Path.of("/dev/shm"), "kogluktualuk-bench", "");
    Files.write(file, new byte[64 << 20]);
    try (ChildServer child = ChildServer.start(file);
        RegisteredPool pool = RegisteredPool.create(4 << 20, 4);
        RemoteMemory remote = RemoteMemory.connect(child.memory(), soon());
        Channel channel = RpcClient.connect(child.rpc(), soon());
        RegisteredBuffer buffer = pool.acquire(soon())) {
      for (int round = 0; round < 3; round++) {
        reads(remote, child.region(), buffer, 4096, 200_000);
        reads(remote, child.region(), buffer, 1 << 20, 1_000);
        copies(buffer, 1 << 20, 1_000);
        calls(channel, 1, 20_000);
        calls(channel, 64, 2_000);
      }
    } finally {
      Files.delete(file);
    }
    callsHere();
  }

  /// The same calls with the server in this process.
  private static void callsHere() throws Exception {
    var any = RdmaAddress.anyPort();
    MethodTable methods = new MethodTable().on(ChildServer.ECHO, request -> request);
    try (RpcServer server = RpcServer.open(any, methods);
        Channel channel = RpcClient.connect(server.address(), soon())) {
      System.out.println("in one process:");
      for (int round = 0; round < 3; round++) {
        calls(channel, 1, 20_000);
        calls(channel, 64, 2_000);
      }
    }
  }

  private static void reads(
      RemoteMemory remote, RemoteRegion region, RegisteredBuffer buffer, int bytes, int count) {
    Deadline deadline = soon();
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      long from = (long) i * bytes % (region.length() - bytes);
      long start = System.nanoTime();
      remote.read(region, from, buffer, 0, bytes, deadline);
      nanos[i] = System.nanoTime() - start;
    }
    print("READ " + bytes, nanos);
  }

  private static void copies(RegisteredBuffer buffer, int bytes, int count) {
    // As large as the file, so that neither fits a cache.
    MemorySegment source = MemorySegment.ofArray(new byte[64 << 20]);
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      long from = (long) i * bytes % (source.byteSize() - bytes);
      long start = System.nanoTime();
      MemorySegment.copy(source, from, buffer.segment(), 0, bytes);
      nanos[i] = System.nanoTime() - start;
    }
    print("memcpy " + bytes, nanos);
  }

  private static void print(String what, long[] nanos) {
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "%-16s median %8.2f us  p99 %8.2f us%n",
        what,
        nanos[nanos.length / 2] / 1e3,
        nanos[nanos.length * 99 / 100] / 1e3);
  }

  private static void calls(Channel channel, int callers, int each)
      throws InterruptedException, ExecutionException, IOException {
    byte[] request = new byte[32];
    long[][] nanos = new long[callers][each];
    long start = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?>[] done = new Future<?>[callers];
      for (int caller = 0; caller < callers; caller++) {
        long[] own = nanos[caller];
        done[caller] =
            threads.submit(
                () -> {
                  for (int i = 0; i < each; i++) {
                    long begin = System.nanoTime();
                    byte[] answer = channel.call(ChildServer.ECHO, request, soon());
                    own[i] = System.nanoTime() - begin + answer.length - request.length;
                  }
                });
      }
      for (Future<?> one : done) {
        one.get();
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    print("RPC x" + callers, Arrays.stream(nanos).flatMapToLong(Arrays::stream).toArray());
    System.out.printf(Locale.ROOT, "  %.0f calls/s%n", callers * each / seconds);
  }
}
