package io.kogluktualuk.fabric.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A Redis server of our own on a Unix socket, and the leanest possible client: one connection,
/// preallocated buffers, requests written by hand in RESP. Whatever a library would add is left out
/// in the peer's favour.
///
/// **Threading:** one thread. **Ownership:** the server process ends with [#close].
final class RedisPeer implements AutoCloseable {

  private static final Path PROGRAM = Path.of("/usr/bin/redis-server");

  private final Path socket;
  private final Process server;
  private final SocketChannel channel;
  private final ByteBuffer request = ByteBuffer.allocateDirect(8 << 20);
  private final ByteBuffer response = ByteBuffer.allocateDirect(8 << 20);

  private RedisPeer(Path socket, Process server, SocketChannel channel) {
    this.socket = socket;
    this.server = server;
    this.channel = channel;
  }

  /// Starts a server without persistence, or returns null where Redis is not installed.
  static @Nullable RedisPeer start(Path folder) throws IOException, InterruptedException {
    return start(folder, List.of());
  }

  /// The same with more settings, such as `--appendonly yes`.
  static @Nullable RedisPeer start(Path folder, List<String> settings)
      throws IOException, InterruptedException {
    if (!Files.isExecutable(PROGRAM)) {
      return null;
    }
    Path socket = folder.resolve("redis.sock");
    List<String> command =
        new ArrayList<>(
            List.of(PROGRAM.toString(), "--port", "0", "--unixsocket", socket.toString()));
    command.addAll(List.of("--save", "", "--dir", folder.toString()));
    command.addAll(settings);
    Process server =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("redis.log").toFile())
            .start();
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (System.nanoTime() < deadline && server.isAlive()) {
      try {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return new RedisPeer(socket, server, channel);
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
    server.destroyForcibly();
    throw new IOException("redis-server did not start; see " + folder.resolve("redis.log"));
  }

  /// Where it listens.
  Path socket() {
    return socket;
  }

  long pid() {
    return server.pid();
  }

  /// Stores a value.
  void set(String key, byte[] value) throws IOException {
    request.clear();
    request.put(ascii("*3\r\n$3\r\nSET\r\n$" + key.length() + "\r\n" + key + "\r\n"));
    request.put(ascii("$" + value.length + "\r\n")).put(value).put(ascii("\r\n"));
    send();
    response.clear();
    while (response.position() < 5) {
      receive();
    }
  }

  /// The command that gets a key, for [#get].
  static byte[] getCommand(String key) {
    return ascii("*2\r\n$3\r\nGET\r\n$" + key.length() + "\r\n" + key + "\r\n");
  }

  /// Fetches a value of known length; returns a view of it in the response buffer, valid until the
  /// next call.
  ByteBuffer get(byte[] command, int length) throws IOException {
    request.clear();
    request.put(command);
    send();
    response.clear();
    int header = 1 + Integer.toString(length).length() + 2;
    while (response.position() < header + length + 2) {
      receive();
    }
    return response.slice(header, length);
  }

  private void send() throws IOException {
    request.flip();
    while (request.hasRemaining()) {
      channel.write(request);
    }
  }

  private void receive() throws IOException {
    if (channel.read(response) < 0) {
      throw new EOFException("redis closed the connection");
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    channel.close();
    server.destroy();
    try {
      if (!server.waitFor(5, TimeUnit.SECONDS)) {
        server.destroyForcibly();
      }
    } catch (InterruptedException e) {
      server.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
