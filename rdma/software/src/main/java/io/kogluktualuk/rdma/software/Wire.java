package io.kogluktualuk.rdma.software;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// One TCP connection that carries [CmMessage]s.
///
/// **Threading:** any thread sends; the listener is called on the reactor's thread. **Bound:** a
/// message has at most [CmMessage#BYTES_MAX] bytes both ways; a peer that does not read makes the
/// connection fail when [#UNSENT_BYTES_MAX] wait.
final class Wire implements Reactor.Handler {

  private static final int UNSENT_BYTES_MAX = 256 * 1024;

  /// Hears what happens to a wire.
  interface Listener {
    default void onConnected() {}

    void onMessage(CmMessage message);

    /// Called once, also after [Wire#close].
    void onLost(String reason);
  }

  private final Reactor reactor;
  private final SocketChannel socket;
  private final ByteBuffer in = ByteBuffer.allocate(4 + CmMessage.BYTES_MAX);
  private ByteBuffer out = ByteBuffer.allocate(512);
  private Listener listener;
  private SocketAddress local = new InetSocketAddress(0);
  private SocketAddress remote = new InetSocketAddress(0);
  private @Nullable SelectionKey key;
  private boolean closeWhenSent;
  private boolean isClosed;

  private Wire(Reactor reactor, SocketChannel socket, Listener listener) {
    this.reactor = reactor;
    this.socket = socket;
    this.listener = listener;
  }

  /// Begins to connect; the listener hears how it went.
  static Wire connect(Reactor reactor, InetSocketAddress address, Listener listener)
      throws IOException {
    SocketChannel socket = SocketChannel.open();
    Wire wire = new Wire(reactor, socket, listener);
    try {
      socket.configureBlocking(false);
      socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
      boolean isConnected = socket.connect(address);
      wire.register(SelectionKey.OP_CONNECT);
      if (isConnected) {
        reactor.execute(wire::onConnectable);
      }
      return wire;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /// Serves an accepted socket.
  static Wire accepted(Reactor reactor, SocketChannel socket, Listener listener)
      throws IOException {
    socket.configureBlocking(false);
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    Wire wire = new Wire(reactor, socket, listener);
    wire.keepAddresses();
    wire.register(SelectionKey.OP_READ);
    return wire;
  }

  private synchronized void register(int operations) throws IOException {
    key = reactor.register(socket, operations, this);
  }

  /// Hands further messages to someone else. Called on the reactor's thread.
  synchronized void listen(Listener next) {
    listener = next;
  }

  private synchronized Listener listener() {
    return listener;
  }

  /// This end's address, also after the end of the connection; port 0 before it.
  synchronized SocketAddress localAddress() {
    return local;
  }

  synchronized SocketAddress remoteAddress() {
    return remote;
  }

  private synchronized void keepAddresses() throws IOException {
    local = socket.getLocalAddress();
    remote = socket.getRemoteAddress();
  }

  /// Sends a message, or drops it when the connection is gone.
  void send(CmMessage message) {
    CanonicalWriter writer = new CanonicalWriter(CmMessage.BYTES_MAX);
    CmMessage.write(message, writer);
    byte[] body = writer.toBytes();
    boolean isOverrun;
    synchronized (this) {
      if (isClosed || closeWhenSent) {
        return;
      }
      isOverrun = out.position() + 4 + body.length > UNSENT_BYTES_MAX;
      if (!isOverrun) {
        ensureRoom(4 + body.length);
        out.putInt(body.length).put(body);
        flush();
      }
    }
    if (isOverrun) {
      reactor.execute(() -> lose("the peer does not read: " + UNSENT_BYTES_MAX + " bytes wait"));
    }
  }

  private void ensureRoom(int more) {
    if (out.remaining() < more) {
      ByteBuffer larger = ByteBuffer.allocate(Math.max(out.capacity() * 2, out.position() + more));
      larger.put(out.flip());
      out = larger;
    }
  }

  /// Writes what the socket takes. A failure is found again, and reported, by the reader.
  private synchronized void flush() {
    if (isClosed || !socket.isConnected()) {
      return;
    }
    out.flip();
    try {
      socket.write(out);
    } catch (IOException e) {
      out.position(out.limit());
    }
    out.compact();
    boolean isEmpty = out.position() == 0;
    if (isEmpty && closeWhenSent) {
      reactor.execute(() -> lose("closed here"));
    } else if (key != null && key.isValid()) {
      int wanted = isEmpty ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
      if (key.interestOps() != wanted) {
        key.interestOps(wanted);
        reactor.wakeup();
      }
    }
  }

  @Override
  public void onReady(SelectionKey ready) {
    if (ready.isConnectable()) {
      onConnectable();
    } else {
      if (ready.isWritable()) {
        flush();
      }
      if (ready.isReadable()) {
        onReadable();
      }
    }
  }

  private void onConnectable() {
    try {
      if (!socket.finishConnect()) {
        return;
      }
      keepAddresses();
    } catch (IOException e) {
      lose("cannot connect: " + e.getMessage());
      return;
    }
    synchronized (this) {
      if (key != null && key.isValid()) {
        key.interestOps(SelectionKey.OP_READ);
      }
    }
    listener().onConnected();
  }

  private void onReadable() {
    int count;
    try {
      count = socket.read(in);
    } catch (IOException e) {
      lose("connection failed: " + e.getMessage());
      return;
    }
    if (count < 0) {
      lose("the peer closed the connection");
      return;
    }
    try {
      deliver();
    } catch (MalformedEncoding e) {
      lose("the peer does not speak this protocol: " + e.getMessage());
    }
  }

  private void deliver() {
    in.flip();
    while (in.remaining() >= 4) {
      int length = in.getInt(in.position());
      if (length <= 0 || length > CmMessage.BYTES_MAX) {
        throw new MalformedEncoding("a message of " + length + " bytes was announced");
      }
      if (in.remaining() < 4 + length) {
        break;
      }
      in.getInt();
      byte[] body = new byte[length];
      in.get(body);
      listener().onMessage(CmMessage.read(new CanonicalReader("rdma message", body)));
    }
    in.compact();
  }

  /// Closes after what was sent has left.
  void closeWhenSent() {
    synchronized (this) {
      closeWhenSent = true;
    }
    flush();
    if (!socket.isConnected()) {
      reactor.execute(() -> lose("closed here"));
    }
  }

  void close(String reason) {
    reactor.execute(() -> lose(reason));
  }

  private void lose(String reason) {
    Listener last;
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      last = listener;
    }
    try {
      socket.close();
    } catch (IOException e) {
      reason = reason + " (closing failed: " + e.getMessage() + ")";
    }
    reactor.release();
    last.onLost(reason);
  }
}
