package io.kogluktualuk.rdma.software;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A listening socket of Netty's native transport.
///
/// **Threading:** the loop's thread, except for opening and closing.
final class EpollPort implements Loop.Port, EpollIoHandle {

  private static final Logger LOG = LoggerFactory.getLogger(EpollPort.class);
  private static final long CLOSE_SECONDS_MAX = 2;

  /// A peer's address as Netty's accept gives it: length, up to 16 bytes, scope, port.
  private static final int ADDRESS_BYTES_MAX = 28;

  private final EpollLoop loop;
  private final Socket socket;
  private final InetSocketAddress address;
  private final Loop.Acceptor acceptor;
  private final byte[] peer = new byte[ADDRESS_BYTES_MAX];
  private @Nullable IoRegistration registration;

  private EpollPort(EpollLoop loop, Socket socket, Loop.Acceptor acceptor) {
    this.loop = loop;
    this.socket = socket;
    this.acceptor = acceptor;
    this.address = socket.localAddress();
  }

  static EpollPort open(
      EpollLoop loop, InetSocketAddress address, int backlog, Loop.Acceptor acceptor)
      throws IOException {
    Socket socket = Socket.newSocketStream();
    try {
      socket.setReuseAddress(true);
      try {
        socket.bind(address);
        socket.listen(backlog);
      } catch (IOException e) {
        BindException said =
            new BindException("cannot listen at " + address + ": " + e.getMessage());
        said.initCause(e);
        throw said;
      }
      EpollPort port = new EpollPort(loop, socket, acceptor);
      port.watch();
      return port;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private void watch() throws IOException {
    try {
      IoRegistration made = loop.register(this).get();
      registration = made;
      made.submit(EpollIoOps.EPOLLIN);
    } catch (InterruptedException e) {
      loop.release();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while beginning to listen at " + address, e);
    } catch (ExecutionException e) {
      loop.release();
      throw new IOException("cannot watch a listening socket: " + e.getCause(), e);
    }
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public void handle(IoRegistration registered, IoEvent event) {
    try {
      int descriptor = socket.accept(peer);
      if (descriptor >= 0) {
        acceptor.onAccepted(EpollSocket.accepted(loop.forAccepted(), new Socket(descriptor)));
      }
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("{}: a connection was dropped", address, e);
    }
  }

  @Override
  public void close() {
    if (loop.isCurrentThread()) {
      closeHere();
      return;
    }
    CountDownLatch closed = new CountDownLatch(1);
    loop.execute(
        () -> {
          closeHere();
          closed.countDown();
        });
    try {
      if (!closed.await(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
        LOG.warn("{}: the listening socket could not be closed in time", address);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeHere() {
    if (!socket.isOpen()) {
      return;
    }
    if (registration != null && !registration.cancel()) {
      LOG.debug("{}: was not watched any more", address);
    }
    try {
      socket.close();
    } catch (IOException e) {
      LOG.warn("{}: cannot close the listening socket", address, e);
    }
    loop.release();
  }
}
