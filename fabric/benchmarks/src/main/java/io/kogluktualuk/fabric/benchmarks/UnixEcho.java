package io.kogluktualuk.fabric.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// The peer of control calls: messages of equal length over a Unix socket, a connection for each
/// caller, a virtual thread for each connection, nothing encoded, no deadline, no credits.
///
/// **Threading:** any thread. **Ownership:** closing it ends the listener; connections end with
/// their callers.
final class UnixEcho implements AutoCloseable {

  private final ServerSocketChannel listener;

  private UnixEcho(ServerSocketChannel listener) {
    this.listener = listener;
  }

  static UnixEcho listen(Path socket) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
    UnixEcho echo = new UnixEcho(listener);
    Thread.ofPlatform().daemon().name("kog-bench-accept").start(echo::acceptAll);
    return echo;
  }

  private void acceptAll() {
    try {
      while (true) {
        SocketChannel connection = listener.accept();
        Thread.startVirtualThread(() -> serve(connection));
      }
    } catch (ClosedChannelException e) {
      // The end.
    } catch (IOException e) {
      throw new IllegalStateException("the peer's listener failed", e);
    }
  }

  private static void serve(SocketChannel connection) {
    ByteBuffer message = ByteBuffer.allocateDirect(RpcEcho.BYTES);
    try (connection) {
      while (true) {
        readFully(connection, message);
        writeFully(connection, message);
      }
    } catch (IOException e) {
      // The caller has ended.
    }
  }

  /// One exchange of a caller.
  static void call(SocketChannel connection, ByteBuffer message) throws IOException {
    message.clear();
    writeFully(connection, message);
    readFully(connection, message);
  }

  private static void readFully(SocketChannel from, ByteBuffer message) throws IOException {
    message.clear();
    while (message.hasRemaining()) {
      if (from.read(message) < 0) {
        throw new EOFException("the other side has ended");
      }
    }
    message.flip();
  }

  private static void writeFully(SocketChannel to, ByteBuffer message) throws IOException {
    while (message.hasRemaining()) {
      int written = to.write(message);
      assert written >= 0;
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
