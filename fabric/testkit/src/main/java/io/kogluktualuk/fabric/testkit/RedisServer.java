package io.kogluktualuk.fabric.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A Redis server of a test's own, on a free loopback port.
///
/// **Threading:** one thread. **Ownership:** closing it kills the process; its folder is the
/// test's. **Bound:** half a minute until it answers.
public final class RedisServer implements AutoCloseable {

  private static final long READY_NANOS = 30_000_000_000L;
  private static final int TIMEOUT_MILLIS = 30_000;

  private final Process process;
  private final Path folder;
  private final int port;
  private final boolean isKeeping;

  private RedisServer(Process process, Path folder, int port, boolean isKeeping) {
    this.process = process;
    this.folder = folder;
    this.port = port;
    this.isKeeping = isKeeping;
  }

  /// A server that keeps nothing.
  ///
  /// @return null when there is none on this machine
  public static @Nullable RedisServer start(Path folder) throws IOException {
    return start(folder, false);
  }

  /// @param isKeeping whether a server that is [#restarted] has what its predecessor had
  /// @return null when there is none on this machine
  public static @Nullable RedisServer start(Path folder, boolean isKeeping) throws IOException {
    int port = freePort();
    try {
      return launch(folder, port, isKeeping).awaited();
    } catch (IOException e) {
      return null;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  private static RedisServer launch(Path folder, int port, boolean isKeeping) throws IOException {
    List<String> command = new ArrayList<>(List.of("redis-server", "--port", "" + port));
    command.addAll(List.of("--bind", "127.0.0.1", "--save", ""));
    command.addAll(List.of("--appendonly", isKeeping ? "yes" : "no"));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new RedisServer(process, folder, port, isKeeping);
  }

  private RedisServer awaited() throws IOException {
    long startNanos = System.nanoTime();
    while (true) {
      try {
        if (ask("PING").equals("+PONG")) {
          return this;
        }
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() - startNanos > READY_NANOS) {
          close();
          throw e;
        }
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  /// Gives it a command whose answer is one line.
  ///
  /// @return the line, with the character before it that says of which kind it is
  public String ask(String command) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        BufferedReader answer =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
      String line = answer.readLine();
      if (line == null) {
        throw new IOException("the server at port " + port + " does not answer " + command);
      }
      return line;
    }
  }

  /// How many entries a stream has.
  public int entries(String stream) throws IOException {
    return Integer.parseInt(ask("XLEN " + stream).substring(1));
  }

  /// Starts another one in the place of one that was killed or not.
  public RedisServer restarted() throws IOException {
    close();
    return launch(folder, port, isKeeping).awaited();
  }

  public int port() {
    return port;
  }

  /// `kill -9`; the server is gone when this returns.
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
