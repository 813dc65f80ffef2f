package io.kogluktualuk.rdma.software;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection of the JDK's.
///
/// Reading and writing native memory makes a buffer object each time: the price of going without
/// Netty's native transport.
final class NioSocket implements StreamSocket, Reactor.Handler {

  private static final Logger LOG = LoggerFactory.getLogger(NioSocket.class);

  private final Reactor reactor;
  private final SocketChannel channel;
  private volatile Watcher watcher;
  private volatile InetSocketAddress local = new InetSocketAddress(0);
  private volatile InetSocketAddress remote = new InetSocketAddress(0);
  private @Nullable SelectionKey key;
  private int wanted;
  private boolean isConnected;
  private boolean isClosed;

  private NioSocket(Reactor reactor, SocketChannel channel, Watcher watcher) {
    this.reactor = reactor;
    this.channel = channel;
    this.watcher = watcher;
  }

  static NioSocket connect(Reactor reactor, InetSocketAddress address, Watcher watcher)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    NioSocket socket = new NioSocket(reactor, channel, watcher);
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      boolean isDone = channel.connect(address);
      socket.register(SelectionKey.OP_CONNECT);
      if (isDone) {
        reactor.execute(socket::onConnectable);
      }
      return socket;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  static NioSocket accepted(Reactor reactor, SocketChannel channel) throws IOException {
    NioSocket socket = new NioSocket(reactor, channel, NOBODY);
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      socket.isConnected = true;
      socket.keepAddresses();
      socket.register(0);
      return socket;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private synchronized void register(int operations) throws IOException {
    key = reactor.register(channel, operations, this);
  }

  private void keepAddresses() throws IOException {
    local = (InetSocketAddress) channel.getLocalAddress();
    remote = (InetSocketAddress) channel.getRemoteAddress();
  }

  @Override
  public void onReady(SelectionKey ready) {
    if (ready.isConnectable()) {
      onConnectable();
      return;
    }
    int operations = ready.readyOps();
    try {
      if ((operations & SelectionKey.OP_WRITE) != 0) {
        watcher.onWritable();
      }
      if ((operations & SelectionKey.OP_READ) != 0) {
        watcher.onReadable();
      }
    } catch (RuntimeException | Error e) {
      LOG.error("{}: an event could not be handled", remote, e);
      watcher.onFailed("an event could not be handled: " + e);
      close();
    }
  }

  private void onConnectable() {
    try {
      synchronized (this) {
        if (isConnected || isClosed || !channel.finishConnect()) {
          return;
        }
        isConnected = true;
        keepAddresses();
        apply();
      }
    } catch (IOException e) {
      watcher.onFailed("cannot connect: " + e.getMessage());
      return;
    }
    watcher.onConnected();
  }

  @Override
  public void watcher(Watcher next) {
    watcher = next;
  }

  @Override
  public synchronized void watch(boolean readable, boolean writable) {
    int now = (readable ? SelectionKey.OP_READ : 0) | (writable ? SelectionKey.OP_WRITE : 0);
    if (now != wanted) {
      wanted = now;
      if (isConnected) {
        apply();
      }
    }
  }

  private void apply() {
    if (key != null && key.isValid()) {
      key.interestOps(wanted);
      if (!reactor.isCurrentThread()) {
        reactor.wakeup();
      }
    }
  }

  private static ByteBuffer buffer(long address, long length) {
    return MemorySegment.ofAddress(address).reinterpret(length).asByteBuffer();
  }

  @Override
  public int read(long address, int length) throws IOException {
    return channel.read(buffer(address, length));
  }

  @Override
  public long write(long vectors, int count) throws IOException {
    MemorySegment array =
        MemorySegment.ofAddress(vectors).reinterpret((long) IoVector.BYTES * count);
    ByteBuffer[] buffers = new ByteBuffer[count];
    for (int i = 0; i < count; i++) {
      long at = (long) IoVector.BYTES * i;
      buffers[i] =
          buffer(
              array.get(ValueLayout.JAVA_LONG, at + IoVector.ADDRESS),
              array.get(ValueLayout.JAVA_LONG, at + IoVector.LENGTH));
    }
    return channel.write(buffers);
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return channel.read(target);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return channel.write(source);
  }

  @Override
  public void shutdownOutput() {
    try {
      channel.shutdownOutput();
    } catch (IOException e) {
      LOG.debug("{}: its writing end is closed already: {}", remote, e.getMessage());
    }
  }

  @Override
  public InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remote;
  }

  @Override
  public Loop loop() {
    return reactor;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
    }
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("{}: closing failed: {}", remote, e.getMessage());
    }
    reactor.release();
  }
}
