package io.kogluktualuk.fabric.pipeline.tcp;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.pipeline.Inlet;
import io.kogluktualuk.fabric.pipeline.Wire;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A port on which stages upstream come in.
///
/// **Threading:** as an inlet; one thread of its own for all connections. **Ownership:** closing it
/// frees the port and ends all connections that came in. **Bound:** [#PENDING_MAX] connections that
/// nobody has accepted yet; more are closed.
public final class TcpInlet implements Inlet {

  /// What waits to be sent on a connection: beyond it, who sends waits.
  static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 * 1024, 1 << 20);

  private static final int PENDING_MAX = 64;
  private static final Duration LOOK = Duration.ofMillis(200);

  private final EventLoopGroup loop;
  private final TcpSettings settings;
  private final BlockingQueue<TcpConnection> pending = new ArrayBlockingQueue<>(PENDING_MAX);
  private final Channel listening;
  private volatile boolean isClosed;

  private TcpInlet(InetSocketAddress address, TcpSettings settings) {
    this.settings = settings;
    this.loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("kog-inlet", true), NioIoHandler.newFactory());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(new Accepting())
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new Conflict("cannot listen at " + address + ": " + bound.cause(), bound.cause());
    }
    this.listening = bound.channel();
  }

  /// Makes a connection of what comes in.
  private final class Accepting extends ChannelInitializer<SocketChannel> {

    @Override
    protected void initChannel(SocketChannel channel) {
      TcpConnection[] made = new TcpConnection[1];
      made[0] = new TcpConnection(settings, () -> offer(made[0]));
      channel.pipeline().addLast(made[0]);
    }
  }

  private void offer(TcpConnection connection) {
    if (isClosed || !pending.offer(connection)) {
      connection.close();
    }
  }

  /// Listens on all addresses of this host.
  ///
  /// @param port 0 for any
  /// @throws Conflict when the port is in use
  public static TcpInlet at(int port) {
    return at(new InetSocketAddress(port), TcpSettings.DEFAULT);
  }

  /// Listens on one address of this host.
  public static TcpInlet at(String host, int port) {
    return at(new InetSocketAddress(host, port), TcpSettings.DEFAULT);
  }

  /// Listens on one address of this host.
  public static TcpInlet at(InetSocketAddress address, TcpSettings settings) {
    return new TcpInlet(address, settings);
  }

  /// The port that is listened on.
  public int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  @Override
  public @Nullable Wire accept(Duration patience) {
    long untilNanos = System.nanoTime() + patience.toNanos();
    try {
      while (!isClosed) {
        long left = untilNanos - System.nanoTime();
        TcpConnection next = pending.poll(Math.min(left, LOOK.toNanos()), TimeUnit.NANOSECONDS);
        if (next != null || left <= 0) {
          return next;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted at " + label(), e);
    }
    throw new AlreadyClosed(label() + " is closed");
  }

  @Override
  public String label() {
    return "port " + port();
  }

  @Override
  public void close() {
    isClosed = true;
    listening.close().awaitUninterruptibly();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
