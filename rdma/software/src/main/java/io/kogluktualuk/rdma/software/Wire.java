package io.kogluktualuk.rdma.software;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/// One TCP connection that carries [CmMessage]s.
///
/// **Threading:** any thread sends; the listener is called on the loop's thread. **Bound:** a
/// message has at most [CmMessage#BYTES_MAX] bytes both ways; a peer that does not read makes the
/// connection fail when [#UNSENT_BYTES_MAX] wait.
final class Wire implements StreamSocket.Watcher {

  private static final int UNSENT_BYTES_MAX = 256 * 1024;

  /// Hears what happens to a wire.
  interface Listener {
    default void onConnected() {}

    void onMessage(CmMessage message);

    /// Called once, also after [Wire#close].
    void onLost(String reason);
  }

  /// Takes the socket over.
  interface Successor {
    /// @param received what has been read behind the last message; valid during the call
    void begin(StreamSocket socket, ByteBuffer received);
  }

  private final StreamSocket socket;
  private final ByteBuffer in = ByteBuffer.allocateDirect(4 + CmMessage.BYTES_MAX);
  private ByteBuffer out = ByteBuffer.allocateDirect(512);
  private Listener listener;
  private boolean isConnected;
  private boolean closeWhenSent;
  private boolean isClosed;
  private boolean isHandedOver;

  private Wire(Loop loop, InetSocketAddress address, Listener listener) throws IOException {
    this.listener = listener;
    synchronized (this) {
      this.socket = loop.connect(address, this);
      socket.watch(true, false);
    }
  }

  private Wire(StreamSocket accepted, Listener listener) {
    this.listener = listener;
    this.socket = accepted;
    this.isConnected = true;
  }

  /// Begins to connect; the listener hears how it went.
  static Wire connect(Loop loop, InetSocketAddress address, Listener listener) throws IOException {
    return new Wire(loop, address, listener);
  }

  /// Serves an accepted socket.
  static Wire accepted(StreamSocket socket, Listener listener) {
    Wire wire = new Wire(socket, listener);
    socket.watcher(wire);
    socket.watch(true, false);
    return wire;
  }

  /// Hands further messages to someone else. Called on the loop's thread.
  synchronized void listen(Listener next) {
    listener = next;
  }

  private synchronized Listener listener() {
    return listener;
  }

  /// This end's address, also after the end of the connection; port 0 before it.
  InetSocketAddress localAddress() {
    return socket.localAddress();
  }

  InetSocketAddress remoteAddress() {
    return socket.remoteAddress();
  }

  void execute(Runnable task) {
    socket.loop().execute(task);
  }

  void schedule(long delay, TimeUnit unit, Runnable task) {
    socket.loop().schedule(delay, unit, task);
  }

  /// A message with its length before it.
  static byte[] encode(CmMessage message) {
    CanonicalWriter writer = new CanonicalWriter(CmMessage.BYTES_MAX);
    CmMessage.write(message, writer);
    byte[] body = writer.toBytes();
    return ByteBuffer.allocate(4 + body.length).putInt(body.length).put(body).array();
  }

  /// Sends a message, or drops it when the connection is gone.
  void send(CmMessage message) {
    byte[] bytes = encode(message);
    boolean isOverrun;
    synchronized (this) {
      if (isClosed || closeWhenSent || isHandedOver) {
        return;
      }
      isOverrun = out.position() + bytes.length > UNSENT_BYTES_MAX;
      if (!isOverrun) {
        ensureRoom(bytes.length);
        out.put(bytes);
        flush();
      }
    }
    if (isOverrun) {
      execute(() -> lose("the peer does not read: " + UNSENT_BYTES_MAX + " bytes wait"));
    }
  }

  private void ensureRoom(int more) {
    if (out.remaining() < more) {
      int capacity = Math.max(out.capacity() * 2, out.position() + more);
      ByteBuffer larger = ByteBuffer.allocateDirect(capacity);
      larger.put(out.flip());
      out = larger;
    }
  }

  /// Writes what the socket takes. A failure is found again, and reported, by the reader.
  private synchronized void flush() {
    if (isClosed || !isConnected || isHandedOver) {
      return;
    }
    out.flip();
    try {
      if (out.hasRemaining() && socket.write(out) < 0) {
        out.position(out.limit());
      }
    } catch (IOException e) {
      out.position(out.limit());
    }
    out.compact();
    boolean isEmpty = out.position() == 0;
    if (isEmpty && closeWhenSent) {
      execute(() -> lose("closed here"));
    } else {
      socket.watch(true, !isEmpty);
    }
  }

  @Override
  public void onConnected() {
    synchronized (this) {
      isConnected = true;
    }
    listener().onConnected();
    flush();
  }

  @Override
  public void onFailed(String reason) {
    lose(reason);
  }

  @Override
  public void onWritable() {
    flush();
  }

  @Override
  public void onReadable() {
    int count;
    synchronized (this) {
      if (isClosed || isHandedOver) {
        return;
      }
      try {
        count = socket.read(in);
      } catch (IOException e) {
        lose("connection failed: " + e.getMessage());
        return;
      }
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
    while (in.remaining() >= 4 && !isHandedOver()) {
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
    if (!isHandedOver()) {
      in.compact();
    }
  }

  private synchronized boolean isHandedOver() {
    return isHandedOver;
  }

  /// Gives the socket to someone else, who also hears of its end. Called on the loop's thread, from
  /// within a message or between two; false when the connection is closed.
  boolean handOver(StreamSocket.Watcher next, Successor successor, boolean isInMessage) {
    synchronized (this) {
      if (isClosed || closeWhenSent || isHandedOver) {
        return false;
      }
      isHandedOver = true;
    }
    if (!isInMessage) {
      in.flip();
    }
    socket.watcher(next);
    successor.begin(socket, in);
    return true;
  }

  /// Closes after what was sent has left.
  void closeWhenSent() {
    boolean canFlush;
    synchronized (this) {
      closeWhenSent = true;
      canFlush = isConnected;
    }
    if (canFlush) {
      flush();
    } else {
      execute(() -> lose("closed here"));
    }
  }

  void close(String reason) {
    execute(() -> lose(reason));
  }

  private void lose(String reason) {
    Listener last;
    synchronized (this) {
      if (isClosed || isHandedOver) {
        return;
      }
      isClosed = true;
      last = listener;
    }
    socket.close();
    last.onLost(reason);
  }
}
