package io.kogluktualuk.rdma.software;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection over Netty's native transport. Reading and writing are one system call each and
/// allocate nothing.
final class EpollSocket implements StreamSocket, EpollIoHandle {

  private static final Logger LOG = LoggerFactory.getLogger(EpollSocket.class);

  /// Only errors, once. After NONE Netty's registration cannot be changed any more: it takes the
  /// descriptor out of the set and still modifies it there.
  private static final EpollIoOps NEITHER = EpollIoOps.EPOLLET;
  private static final EpollIoOps READ = EpollIoOps.EPOLLIN;
  private static final EpollIoOps WRITE = EpollIoOps.EPOLLOUT;
  private static final EpollIoOps BOTH = READ.with(WRITE);

  private final EpollLoop loop;
  private final Socket socket;
  private final AtomicBoolean isClosing = new AtomicBoolean();
  private volatile Watcher watcher;
  private volatile InetSocketAddress local = new InetSocketAddress(0);
  private volatile InetSocketAddress remote = new InetSocketAddress(0);
  private @Nullable IoRegistration registration;
  private EpollIoOps wanted = NEITHER;
  private boolean isConnected;

  private EpollSocket(EpollLoop loop, Socket socket, Watcher watcher) {
    this.loop = loop;
    this.socket = socket;
    this.watcher = watcher;
  }

  static EpollSocket connect(
      EpollLoop loop, Socket socket, InetSocketAddress address, Watcher watcher)
      throws IOException {
    EpollSocket made = new EpollSocket(loop, socket, watcher);
    made.begin(() -> made.connect(address));
    return made;
  }

  static EpollSocket accepted(EpollLoop loop, Socket socket) throws IOException {
    EpollSocket made = new EpollSocket(loop, socket, NOBODY);
    made.isConnected = true;
    made.keepAddresses();
    made.begin(made::apply);
    return made;
  }

  /// Watches it, and then goes on, on the loop's thread.
  private void begin(Runnable then) throws IOException {
    try {
      socket.setTcpNoDelay(true);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
    Future<IoRegistration> watched =
        loop.register(this)
            .addListener(
                (Future<IoRegistration> done) -> {
                  if (done.isSuccess()) {
                    synchronized (this) {
                      registration = done.getNow();
                    }
                    then.run();
                  } else {
                    watcher.onFailed("cannot watch the socket: " + done.cause());
                  }
                });
    assert !watched.isCancelled();
  }

  private void connect(InetSocketAddress address) {
    try {
      if (isClosing.get()) {
        return;
      }
      boolean isDone = socket.connect(address);
      submit(WRITE);
      if (isDone) {
        onConnectable();
      }
    } catch (IOException | RuntimeException e) {
      watcher.onFailed("cannot connect: " + e.getMessage());
    }
  }

  private void keepAddresses() {
    InetSocketAddress here = socket.localAddress();
    InetSocketAddress there = socket.remoteAddress();
    local = here == null ? local : here;
    remote = there == null ? remote : there;
  }

  private synchronized void apply() {
    submit(wanted);
  }

  private synchronized void submit(EpollIoOps operations) {
    if (registration != null && registration.isValid()) {
      if (registration.submit(operations) == -1) {
        LOG.debug("{}: is not watched any more", remote);
      }
    }
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public void handle(IoRegistration registered, IoEvent event) {
    try {
      if (isClosing.get()) {
        return;
      }
      if (!isConnected()) {
        onConnectable();
        return;
      }
      EpollIoOps operations = ((EpollIoEvent) event).ops();
      if (operations.contains(WRITE)) {
        watcher.onWritable();
      }
      // Errors and hang-ups are found by reading.
      if (operations.value() != WRITE.value() && !isClosing.get()) {
        watcher.onReadable();
      }
    } catch (RuntimeException | Error e) {
      // All connections depend on this thread: it goes on whatever happens.
      LOG.error("{}: an event could not be handled", remote, e);
      watcher.onFailed("an event could not be handled: " + e);
      close();
    }
  }

  private synchronized boolean isConnected() {
    return isConnected;
  }

  private void onConnectable() {
    try {
      synchronized (this) {
        if (isConnected || isClosing.get() || !socket.finishConnect()) {
          return;
        }
        isConnected = true;
        keepAddresses();
        submit(wanted);
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
    EpollIoOps now = readable ? writable ? BOTH : READ : writable ? WRITE : NEITHER;
    if (now != wanted) {
      wanted = now;
      if (isConnected) {
        submit(now);
      }
    }
  }

  @Override
  public int read(long address, int length) throws IOException {
    return socket.readAddress(address, 0, length);
  }

  @Override
  public long write(long vectors, int count) throws IOException {
    return socket.writevAddresses(vectors, count);
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int count = socket.read(target, target.position(), target.limit());
    target.position(target.position() + Math.max(0, count));
    return count;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int count = socket.write(source, source.position(), source.limit());
    source.position(source.position() + count);
    return count;
  }

  @Override
  public void shutdownOutput() {
    try {
      socket.shutdown(false, true);
    } catch (IOException | NotYetConnectedException e) {
      // The latter is how one is called that the peer has reset.
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
    return loop;
  }

  @Override
  public void close() {
    if (isClosing.compareAndSet(false, true)) {
      // There the descriptor's number cannot be reused between forgetting and closing it.
      loop.execute(this::closeHere);
    }
  }

  private void closeHere() {
    synchronized (this) {
      if (registration != null && !registration.cancel()) {
        LOG.debug("{}: was not watched any more", remote);
      }
    }
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("{}: closing failed: {}", remote, e.getMessage());
    }
    loop.release();
  }
}
