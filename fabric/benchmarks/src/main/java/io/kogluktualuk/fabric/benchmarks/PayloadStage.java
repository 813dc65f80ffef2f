package io.kogluktualuk.fabric.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A stage of the peer that passes payloads over TCP: Netty with epoll, frames with their length.
///
/// ```
/// u32 length of the content │ header of StageOrder │ content
/// ```
///
/// Made as good as it gets: content stays in the pooled buffers into which it was received, and is
/// sent on from there; the source sends from a ring of buffers, as many as may be under way, of
/// which it changes some bytes. The sink acknowledges with a byte, which stages pass back; the
/// source has no more messages under way than the window.
///
/// **Copied**, as counted: bytes written to sockets and bytes read from them. There is no copy
/// besides.
///
/// **Threading:** one event loop; the source's orders come from another thread. **Ownership:** the
/// process ends with its input.
public final class PayloadStage {

  private static final int RECEIVE_MAX = 256 << 10;

  private final StageWork work;
  private final boolean isSource;
  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final AtomicLong copied = new AtomicLong();
  private final Semaphore credits = new Semaphore(0);
  private @Nullable Channel upstream;
  private @Nullable Channel downstream;

  private PayloadStage(int index, int stages) {
    this.work = new StageWork(index, stages);
    this.isSource = index == 0;
  }

  /// @param args index, number of stages, port of the next stage or 0
  public static void main(String[] args) throws Exception {
    PayloadStage stage = new PayloadStage(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
    int next = Integer.parseInt(args[2]);
    if (next != 0) {
      stage.connect(next);
    }
    int port = stage.isSource ? 0 : stage.listen();
    AgentLoop.run(Integer.toString(port), stage::answer);
    stage.loop.shutdownGracefully();
  }

  private void connect(int port) throws InterruptedException {
    downstream =
        new Bootstrap()
            .group(loop)
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(new Acknowledgements())
            .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .sync()
            .channel();
  }

  private int listen() throws InterruptedException {
    Channel listening =
        new ServerBootstrap()
            .group(loop)
            .channel(EpollServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(64, 4096, RECEIVE_MAX))
            .childHandler(new Accepting())
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  private long answer(String operation, int bytes, int times) throws Exception {
    return StageOrder.isRun(operation)
        ? send(StageOrder.parse(operation), bytes, times)
        : work.answer(operation, copied.get());
  }

  private final class Accepting extends ChannelInitializer<SocketChannel> {

    @Override
    protected void initChannel(SocketChannel channel) {
      upstream = channel;
      channel.pipeline().addLast(new Content());
    }
  }

  /// What comes from upstream.
  private final class Content extends ChannelInboundHandlerAdapter {

    private final Deque<ByteBuf> parts = new ArrayDeque<>();
    private @Nullable ByteBuf header;
    private int missing;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      copied.addAndGet(bytes.readableBytes());
      try {
        while (bytes.isReadable()) {
          take(context, bytes);
        }
      } finally {
        bytes.release();
      }
    }

    private void take(ChannelHandlerContext context, ByteBuf bytes) {
      ByteBuf head = header;
      if (head == null) {
        head = context.alloc().directBuffer(Integer.BYTES + StageOrder.HEADER_BYTES);
        header = head;
      }
      if (head.writableBytes() > 0) {
        head.writeBytes(bytes, Math.min(head.writableBytes(), bytes.readableBytes()));
        missing = head.writableBytes() == 0 ? head.getInt(0) : 0;
        return;
      }
      int part = Math.min(missing, bytes.readableBytes());
      parts.add(bytes.readRetainedSlice(part));
      missing -= part;
      if (missing == 0) {
        header = null;
        whole(head);
      }
    }

    private void whole(ByteBuf head) {
      long sentNanos = head.getLong(Integer.BYTES);
      int mask = head.getInt(Integer.BYTES + Long.BYTES);
      long delayNanos = head.getLong(Integer.BYTES + Long.BYTES + Integer.BYTES);
      if (work.isTouching(mask)) {
        parts.forEach(part -> work.touch(MemorySegment.ofBuffer(part.nioBuffer())));
      }
      work.end(sentNanos, delayNanos);
      if (work.isSink()) {
        head.release();
        parts.forEach(ByteBuf::release);
        acknowledge(1);
      } else {
        write(head);
        parts.forEach(PayloadStage.this::write);
        channel(downstream).flush();
      }
      parts.clear();
    }
  }

  private void write(ByteBuf bytes) {
    copied.addAndGet(bytes.readableBytes());
    channel(downstream).write(bytes, channel(downstream).voidPromise());
  }

  private void acknowledge(int messages) {
    ByteBuf bytes = channel(upstream).alloc().directBuffer(messages).writeZero(messages);
    channel(upstream).writeAndFlush(bytes, channel(upstream).voidPromise());
  }

  private static Channel channel(@Nullable Channel channel) {
    if (channel == null) {
      throw new IllegalStateException("a stage has no neighbour");
    }
    return channel;
  }

  /// What comes from downstream: a byte for each message that is done.
  private final class Acknowledgements extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      int messages = bytes.readableBytes();
      bytes.release();
      if (isSource) {
        credits.release(messages);
      } else {
        acknowledge(messages);
      }
    }
  }

  private long send(StageOrder order, int bytes, int times) throws Exception {
    int window = PipelinePoint.window(bytes);
    ByteBuf[] ring = ring(bytes, window);
    credits.drainPermits();
    credits.release(window);
    long begin = System.nanoTime();
    for (int i = 0; i < times; i++) {
      credits.acquire();
      send(order, ring[i % window]);
    }
    credits.acquire(window);
    long nanos = System.nanoTime() - begin;
    for (ByteBuf each : ring) {
      each.release();
    }
    return nanos;
  }

  /// Acknowledgements come in order, so a buffer is free when its turn comes again.
  private static ByteBuf[] ring(int bytes, int window) {
    byte[] random = new byte[bytes];
    new SplittableRandom(bytes).nextBytes(random);
    ByteBuf[] ring = new ByteBuf[window];
    for (int i = 0; i < window; i++) {
      ring[i] = PooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes).writeBytes(random);
    }
    return ring;
  }

  private void send(StageOrder order, ByteBuf content) throws IOException {
    long nowNanos = System.nanoTime();
    StageWork.renew(MemorySegment.ofBuffer(content.nioBuffer()), nowNanos);
    ByteBuf head =
        PooledByteBufAllocator.DEFAULT.directBuffer(Integer.BYTES + StageOrder.HEADER_BYTES);
    head.writeInt(content.readableBytes());
    head.writeLong(nowNanos).writeInt(order.mask()).writeLong(order.delayNanos());
    Channel to = channel(downstream);
    if (!to.isActive()) {
      throw new IOException("the next stage has ended");
    }
    to.eventLoop()
        .execute(
            () -> {
              write(head);
              write(content.retainedDuplicate());
              to.flush();
            });
  }
}
