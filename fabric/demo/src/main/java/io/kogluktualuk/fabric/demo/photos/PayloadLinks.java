package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.Unavailable;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The TCP connections of a stage whose messages carry payloads: Netty, with epoll where it is.
///
/// What may wait is bounded: when it is too much, nothing is read from any connection until the
/// stage has taken some. For each connection downstream one message is being written while the
/// next is made.
///
/// **Threading:** one thread sends and takes; one event loop does the rest. **Ownership:** of the
/// connections. **Bound:** [PhotoPlan#WINDOW] messages and [#QUEUE_BYTES_MAX] wait, and one more
/// for each connection.
final class PayloadLinks implements AutoCloseable {

  static final long QUEUE_BYTES_MAX = 128L << 20;

  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(60);
  private static final long CONNECT_PAUSE_MILLIS = 50;

  /// A connection downstream.
  private static final class Outgoing {
    private final Channel channel;
    private @Nullable ChannelFuture last;

    Outgoing(Channel channel) {
      this.channel = channel;
    }

    /// Waits until the message before is out.
    void await() throws InterruptedException {
      ChannelFuture before = last;
      if (before != null && !before.await().isSuccess()) {
        throw new Unavailable("the next stage is gone", before.cause());
      }
    }
  }

  private final PhotoJob job;
  private final PayloadReader.Taker taker;
  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  private final List<Outgoing> outgoing = new ArrayList<>();
  private final AtomicLong held = new AtomicLong();
  private volatile boolean isClosed;

  // Of the event loop.
  private final List<Channel> incoming = new ArrayList<>();
  private int senders;
  private int waiting;
  private long waitingBytes;

  /// @param senders how many have to end before there is nothing more
  PayloadLinks(PhotoJob job, int senders, PayloadReader.Taker taker) {
    this.job = job;
    this.senders = senders;
    this.taker = taker;
  }

  private static Class<? extends ServerChannel> serverClass() {
    return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  private static Class<? extends Channel> channelClass() {
    return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  private InetSocketAddress address(Step at) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), job.port(at));
  }

  void listen(Step step) {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(serverClass())
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                })
            .bind(address(step))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new Unavailable(
          step.word() + " cannot listen at " + address(step) + ": " + bound.cause(), bound.cause());
    }
  }

  private void accept(Channel channel) {
    PayloadReader reader = new PayloadReader(new Counting());
    incoming.add(channel);
    channel.config().setRecvByteBufAllocator(reader.inPlace());
    channel.config().setAutoRead(hasRoom());
    channel.pipeline().addLast(reader);
  }

  /// Counts what waits on its way to the taker.
  private final class Counting implements PayloadReader.Taker {

    @Override
    public void onMessage(PayloadMessage message) {
      waiting++;
      waitingBytes += message.bytes();
      held.addAndGet(message.bytes());
      taker.onMessage(message);
      if (!hasRoom()) {
        incoming.forEach(channel -> channel.config().setAutoRead(false));
      }
    }

    @Override
    public void onEnd() {
      if (--senders == 0) {
        taker.onEnd();
      }
    }

    @Override
    public void onBroken(Throwable cause) {
      taker.onBroken(cause);
    }
  }

  private boolean hasRoom() {
    return waiting < PhotoPlan.WINDOW && waitingBytes < QUEUE_BYTES_MAX;
  }

  /// The stage is done with a message.
  void onTaken(int bytes) {
    held.addAndGet(-bytes);
    loop.execute(
        () -> {
          waiting--;
          waitingBytes -= bytes;
          if (hasRoom()) {
            incoming.forEach(channel -> channel.config().setAutoRead(true));
          }
        });
  }

  /// Connects to the stages behind; they may still be starting.
  void connect(List<Step> targets) throws InterruptedException {
    for (Step target : targets) {
      outgoing.add(new Outgoing(connect(target)));
    }
  }

  private Channel connect(Step target) throws InterruptedException {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(channelClass())
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(new Watching());
    long beganNanos = System.nanoTime();
    while (true) {
      ChannelFuture connected = bootstrap.connect(address(target)).await();
      if (connected.isSuccess()) {
        return connected.channel();
      }
      if (System.nanoTime() - beganNanos > CONNECT_WITHIN.toNanos()) {
        throw new Unavailable(
            target.word() + " cannot be reached: " + connected.cause(), connected.cause());
      }
      TimeUnit.MILLISECONDS.sleep(CONNECT_PAUSE_MILLIS);
    }
  }

  /// Nothing comes from downstream but the end. One for all attempts to connect.
  @ChannelHandler.Sharable
  private final class Watching extends ChannelInboundHandlerAdapter {

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (!isClosed) {
        taker.onBroken(new Unavailable("the next stage is gone"));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      taker.onBroken(cause);
    }
  }

  /// Has a message written; its payload stays the caller's as well.
  void send(int target, PayloadMessage message) throws InterruptedException {
    Outgoing to = outgoing.get(target);
    to.await();
    int bytes = message.bytes();
    ByteBuf payload = message.payload().retainedDuplicate();
    held.addAndGet(bytes);
    to.channel.write(message.head(PooledByteBufAllocator.DEFAULT), to.channel.voidPromise());
    to.last = to.channel.writeAndFlush(payload).addListener(_ -> held.addAndGet(-bytes));
  }

  /// Tells all behind that there is nothing more, when everything is written.
  void end() throws InterruptedException {
    for (Outgoing to : outgoing) {
      to.await();
      to.last = to.channel.writeAndFlush(PayloadMessage.end(PooledByteBufAllocator.DEFAULT));
      to.await();
    }
  }

  /// Bytes that wait here or are being written.
  long held() {
    return Math.max(0, held.get());
  }

  @Override
  public void close() {
    isClosed = true;
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
