package io.kogluktualuk.rdma.software;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A loop over Netty's native transport for Linux.
///
/// Netty's event loop, sockets and epoll are used, its pipelines are not: bytes go from the socket
/// into registered memory and back without a buffer of Netty's between, and by any thread.
final class EpollLoop implements Loop {

  private static final Logger LOG = LoggerFactory.getLogger(EpollLoop.class);

  private final String name;
  private final Supplier<EpollLoop> forAccepted;
  private @Nullable IoEventLoop current;
  private int sockets;

  /// @param forAccepted which loop serves the next accepted connection
  EpollLoop(String name, Supplier<EpollLoop> forAccepted) {
    this.name = name;
    this.forAccepted = forAccepted;
  }

  /// Loads Netty and its native library; false where that is not possible.
  static boolean isAvailable() {
    return Epoll.isAvailable();
  }

  /// Why not, in words.
  static String unavailability() {
    return String.valueOf(Epoll.unavailabilityCause());
  }

  /// Begins to watch one more socket.
  Future<IoRegistration> register(IoHandle handle) {
    IoEventLoop loop;
    synchronized (this) {
      loop = current;
      if (loop == null) {
        loop =
            new SingleThreadIoEventLoop(
                null,
                (ThreadFactory) task -> Thread.ofPlatform().daemon().name(name).unstarted(task),
                EpollIoHandler.newFactory());
        current = loop;
      }
      sockets++;
    }
    return loop.register(handle);
  }

  /// Undoes a [#register], once for each.
  synchronized void release() {
    sockets--;
    if (sockets == 0 && current != null) {
      // Ends once what is queued has run; nobody waits for it.
      if (current.shutdownGracefully(0, 5, TimeUnit.SECONDS).isCancelled()) {
        LOG.warn("{}: its thread cannot be ended", name);
      }
      current = null;
    }
  }

  EpollLoop forAccepted() {
    return forAccepted.get();
  }

  @Override
  public StreamSocket connect(InetSocketAddress address, StreamSocket.Watcher watcher)
      throws IOException {
    return EpollSocket.connect(this, Socket.newSocketStream(), address, watcher);
  }

  @Override
  public Port listen(InetSocketAddress address, int backlog, Acceptor acceptor) throws IOException {
    return EpollPort.open(this, address, backlog, acceptor);
  }

  @Override
  public void execute(Runnable task) {
    IoEventLoop loop = current();
    if (loop != null) {
      try {
        loop.execute(guarded(task));
      } catch (RejectedExecutionException e) {
        LOG.debug("{}: a task was dropped, no socket is left", name);
      }
    }
  }

  @Override
  public void schedule(long delay, TimeUnit unit, Runnable task) {
    IoEventLoop loop = current();
    if (loop != null) {
      try {
        if (loop.schedule(guarded(task), delay, unit).isCancelled()) {
          LOG.debug("{}: a task was dropped", name);
        }
      } catch (RejectedExecutionException e) {
        LOG.debug("{}: a task was dropped, no socket is left", name);
      }
    }
  }

  private synchronized @Nullable IoEventLoop current() {
    return current;
  }

  /// All connections depend on the thread: it goes on whatever happens.
  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        LOG.error("{}: a task failed", name, e);
      }
    };
  }

  @Override
  public boolean isCurrentThread() {
    IoEventLoop loop = current();
    return loop != null && loop.inEventLoop();
  }
}
