package io.kogluktualuk.fabric.pipeline.tcp;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.pipeline.LiveWire;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A wire to a stage that listens with a [TcpInlet]: connects, and connects again whenever the
/// connection has ended.
///
/// **Threading:** as a live wire; one thread of its own. **Ownership:** of that thread and its
/// connection. **Bound:** as its connection. **Errors:** `receive` reports each connection that
/// has ended, as `Unavailable`, and who listens hears of it; nobody there is no error but silence.
public final class TcpWire implements LiveWire {

  private static final Logger LOG = LoggerFactory.getLogger(TcpWire.class);
  private static final long RETRY_NANOS_MIN = 50_000_000;
  private static final long RETRY_NANOS_MAX = 1_000_000_000;

  private final String host;
  private final int port;
  private final TcpSettings settings;
  private final EventLoopGroup loop;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable TcpConnection current;
  private @Nullable TcpConnection opening;
  private long retryNanos = RETRY_NANOS_MIN;
  private long notBeforeNanos = System.nanoTime();
  private boolean isClosed;
  private volatile @Nullable Listener listener;

  private TcpWire(String host, int port, TcpSettings settings) {
    this.host = host;
    this.port = port;
    this.settings = settings;
    this.loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("kog-wire-" + port, true), NioIoHandler.newFactory());
  }

  /// A wire to a host and port; nobody need listen there yet.
  public static TcpWire to(String host, int port) {
    return to(host, port, TcpSettings.DEFAULT);
  }

  /// A wire to a host and port; nobody need listen there yet.
  public static TcpWire to(String host, int port, TcpSettings settings) {
    return new TcpWire(host, port, settings);
  }

  @Override
  public void listen(Listener who) {
    listener = who;
    onLoop(this::reopen);
  }

  @Override
  public void wake() {
    onLoop(this::onTurn);
  }

  private void onTurn() {
    TcpConnection connection = connected();
    if (connection != null) {
      connection.onTurn();
    }
  }

  @Override
  public void post(byte[] frame, int length) {
    TcpConnection connection = connected();
    if (connection != null) {
      connection.post(frame, length);
    }
  }

  @Override
  public void reading(boolean is) {
    TcpConnection connection = connected();
    if (connection != null) {
      connection.reading(is);
    }
  }

  private @Nullable TcpConnection connected() {
    lock.lock();
    try {
      return current;
    } finally {
      lock.unlock();
    }
  }

  /// What comes after the end of the loop is too late.
  private void onLoop(Runnable what) {
    try {
      loop.execute(what);
    } catch (RejectedExecutionException e) {
      LOG.trace("the wire to {}:{} is closed", host, port, e);
    }
  }

  /// Connects for who listens, when it is time.
  private void reopen() {
    lock.lock();
    try {
      long pause = notBeforeNanos - System.nanoTime();
      if (isClosed || opening != null || current != null) {
        return;
      }
      if (pause > 0) {
        loop.schedule(this::reopen, pause, TimeUnit.NANOSECONDS);
      } else {
        open();
      }
    } finally {
      lock.unlock();
    }
  }

  /// What a connection tells who listens to the wire.
  private final class Heard implements Listener {

    private final Listener to;

    Heard(Listener to) {
      this.to = to;
    }

    @Override
    public void onFrames(List<byte[]> frames) {
      to.onFrames(frames);
    }

    @Override
    public void onTurn() {
      to.onTurn();
    }

    @Override
    public void onLost(FabricException reason) {
      to.onLost(reason);
    }

    @Override
    public void onEnded() {
      lock.lock();
      try {
        current = null;
      } finally {
        lock.unlock();
      }
      to.onLost(new Unavailable("the connection to " + host + ":" + port + " has ended"));
      reopen();
    }
  }

  @Override
  public void send(byte[] frame) {
    while (true) {
      TcpConnection connection = awaitConnection();
      if (connection.trySend(frame)) {
        return;
      }
      awaitOther(connection);
    }
  }

  private TcpConnection awaitConnection() {
    lock.lock();
    try {
      while (current == null && !isClosed) {
        changed.await(1, TimeUnit.SECONDS);
      }
      TcpConnection found = current;
      if (isClosed || found == null) {
        throw new AlreadyClosed("the wire to " + host + ":" + port + " is closed");
      }
      return found;
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  /// Who receives reports that the connection has ended, and makes another one.
  private void awaitOther(TcpConnection ended) {
    lock.lock();
    try {
      while (current == ended && !isClosed) {
        changed.await(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public byte @Nullable [] receive(Duration patience) {
    long untilNanos = System.nanoTime() + patience.toNanos();
    TcpConnection connection = connect(untilNanos);
    if (connection == null) {
      return null;
    }
    try {
      return connection.receive(Duration.ofNanos(Math.max(0, untilNanos - System.nanoTime())));
    } catch (AlreadyClosed e) {
      lock.lock();
      try {
        current = null;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      throw new Unavailable("the connection to " + host + ":" + port + " has ended", e);
    }
  }

  /// @return null when there is none in time
  private @Nullable TcpConnection connect(long untilNanos) {
    lock.lock();
    try {
      while (current == null) {
        if (isClosed) {
          throw new AlreadyClosed("the wire to " + host + ":" + port + " is closed");
        }
        long nowNanos = System.nanoTime();
        if (nowNanos - untilNanos >= 0) {
          return null;
        }
        if (opening == null && nowNanos - notBeforeNanos >= 0) {
          open();
        }
        long pause = opening == null ? notBeforeNanos - nowNanos : untilNanos - nowNanos;
        changed.awaitNanos(Math.min(pause, untilNanos - nowNanos));
      }
      return current;
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  private void open() {
    TcpConnection[] made = new TcpConnection[1];
    TcpConnection connection = new TcpConnection(settings, () -> onActive(made[0]));
    made[0] = connection;
    opening = connection;
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, TcpInlet.WATER_MARK)
        .option(
            ChannelOption.CONNECT_TIMEOUT_MILLIS,
            Math.toIntExact(settings.connectTimeout().toMillis()))
        .handler(connection)
        .connect(InetSocketAddress.createUnresolved(host, port))
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                onFailed(connection);
              }
            });
  }

  private void onActive(TcpConnection connection) {
    boolean isLate;
    lock.lock();
    try {
      isLate = isClosed || opening != connection;
      if (!isLate) {
        opening = null;
        current = connection;
        retryNanos = RETRY_NANOS_MIN;
        notBeforeNanos = System.nanoTime() + RETRY_NANOS_MIN;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    Listener who = listener;
    if (isLate) {
      connection.close();
    } else if (who != null) {
      connection.listen(new Heard(who));
    }
  }

  private void onFailed(TcpConnection connection) {
    lock.lock();
    try {
      if (opening == connection) {
        opening = null;
        notBeforeNanos = System.nanoTime() + retryNanos;
        retryNanos = Math.min(RETRY_NANOS_MAX, retryNanos * 2);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (listener != null) {
      reopen();
    }
  }

  private Unavailable interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new Unavailable("interrupted at the wire to " + host + ":" + port, e);
  }

  @Override
  public void close() {
    TcpConnection last;
    lock.lock();
    try {
      isClosed = true;
      last = current;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (last != null) {
      last.close();
    }
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
