package io.kogluktualuk.fabric.pipeline.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A Redis server of a test's own, on a free loopback port, that keeps nothing.
final class RedisServer implements AutoCloseable {

  private static final long READY_NANOS = 30_000_000_000L;

  private final Process process;
  private final int port;

  private RedisServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// @return null when there is none on this machine
  static @Nullable RedisServer start(Path folder) throws IOException {
    int port = freePort();
    try {
      return new RedisServer(launch(folder, port), port).awaited();
    } catch (IOException e) {
      return null;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  private static Process launch(Path folder, int port) throws IOException {
    return new ProcessBuilder(
            "redis-server", "--port", "" + port, "--bind", "127.0.0.1", "--save", "")
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private RedisServer awaited() throws IOException {
    long startNanos = System.nanoTime();
    while (true) {
      try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return this;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() - startNanos > READY_NANOS) {
          close();
          throw e;
        }
        LockSupport.parkNanos(20_000_000);
      }
    }
  }

  /// Ends it and starts another one in its place, which has nothing.
  RedisServer restarted(Path folder) throws IOException {
    close();
    return new RedisServer(launch(folder, port), port).awaited();
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
