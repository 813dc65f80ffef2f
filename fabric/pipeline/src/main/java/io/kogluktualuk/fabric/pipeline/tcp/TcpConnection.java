package io.kogluktualuk.fabric.pipeline.tcp;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.pipeline.LiveWire;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection: frames with their length before them.
///
/// ```
/// u32 length, big endian │ that many bytes          length 0 is a heartbeat
/// ```
///
/// **Threading:** as a live wire: it calls on Netty's loop. **Bound:** [#WAITING_MAX] bytes
/// that wait to be received, then nothing is read; one mebibyte that waits to be sent, then
/// [#send] waits. **Errors:** a longer frame than [Wire#FRAME_MAX] ends the connection before it
/// takes memory; [AlreadyClosed] when it has ended and all that came is received.
final class TcpConnection extends ChannelInboundHandlerAdapter implements LiveWire {

  private static final Logger LOG = LoggerFactory.getLogger(TcpConnection.class);
  private static final int HEAD = 4;
  private static final int WAITING_MAX = 1 << 20;

  private final TcpSettings settings;
  private final Runnable onActive;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Condition writable = lock.newCondition();
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private int waitingBytes;
  private boolean isPaused;
  private boolean isClosed;
  private volatile @Nullable Channel channel;
  private volatile long wroteNanos = System.nanoTime();

  // The loop's own.
  private final byte[] head = new byte[HEAD];
  private int headFilled;
  private byte @Nullable [] body;
  private int bodyFilled;
  private long readNanos;
  private @Nullable Listener listener;
  private List<byte[]> batch = new ArrayList<>();
  private int batchBytes;

  /// @param onActive is called on the loop when it is connected
  TcpConnection(TcpSettings settings, Runnable onActive) {
    this.settings = settings;
    this.onActive = onActive;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    readNanos = System.nanoTime();
    beat(context);
    onActive.run();
  }

  private void beat(ChannelHandlerContext context) {
    long nowNanos = System.nanoTime();
    lock.lock();
    try {
      if (isPaused) {
        readNanos = nowNanos; // it is we who do not read
      }
    } finally {
      lock.unlock();
    }
    if (nowNanos - readNanos > settings.silence().toNanos()) {
      LOG.debug("{} has been silent for {}", context.channel(), settings.silence());
      context.close();
      return;
    }
    if (nowNanos - wroteNanos > settings.heartbeat().toNanos() / 2
        && context.channel().isWritable()) {
      context.writeAndFlush(context.alloc().buffer(HEAD).writeInt(0));
      wroteNanos = nowNanos;
    }
    if (context.channel().isActive()) {
      context
          .executor()
          .schedule(() -> beat(context), settings.heartbeat().toNanos() / 2, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      readNanos = System.nanoTime();
      while (bytes.isReadable() && context.channel().isOpen()) {
        take(context, bytes);
      }
    } finally {
      bytes.release();
    }
  }

  private void take(ChannelHandlerContext context, ByteBuf bytes) {
    byte[] filling = body;
    if (filling == null) {
      int part = Math.min(HEAD - headFilled, bytes.readableBytes());
      bytes.readBytes(head, headFilled, part);
      headFilled += part;
      if (headFilled == HEAD) {
        begin(context);
      }
      return;
    }
    int part = Math.min(filling.length - bodyFilled, bytes.readableBytes());
    bytes.readBytes(filling, bodyFilled, part);
    bodyFilled += part;
    if (bodyFilled == filling.length) {
      body = null;
      deliver(context, filling);
    }
  }

  private void begin(ChannelHandlerContext context) {
    int length =
        (head[0] & 0xFF) << 24 | (head[1] & 0xFF) << 16 | (head[2] & 0xFF) << 8 | head[3] & 0xFF;
    headFilled = 0;
    if (length < 0 || length > FRAME_MAX) {
      LOG.warn(
          "{} sends a frame of {} bytes, at most {}: the connection is ended",
          context.channel().remoteAddress(),
          Integer.toUnsignedLong(length),
          FRAME_MAX);
      context.close();
    } else if (length > 0) {
      body = new byte[length];
      bodyFilled = 0;
    }
  }

  private void deliver(ChannelHandlerContext context, byte[] frame) {
    if (listener != null) {
      batch.add(frame);
      batchBytes += frame.length;
      if (batchBytes > WAITING_MAX) {
        giveBatch();
      }
      return;
    }
    lock.lock();
    try {
      waiting.add(frame);
      waitingBytes += frame.length;
      if (waitingBytes > WAITING_MAX && !isPaused) {
        isPaused = true;
        context.channel().config().setAutoRead(false);
      }
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  private void giveBatch() {
    Listener to = listener;
    if (to != null && !batch.isEmpty()) {
      List<byte[]> given = batch;
      batch = new ArrayList<>(given.size());
      batchBytes = 0;
      to.onFrames(given);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    giveBatch();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (listener != null) {
      onTurn();
      return;
    }
    lock.lock();
    try {
      writable.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    giveBatch();
    end();
    Listener to = listener;
    if (to != null) {
      to.onEnded();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("{} is ended", context.channel(), cause);
    context.close();
  }

  @Override
  public void listen(Listener who) {
    onLoop(() -> begin(who));
  }

  private void begin(Listener who) {
    List<byte[]> come;
    boolean isEnded;
    lock.lock();
    try {
      come = List.copyOf(waiting);
      waiting.clear();
      waitingBytes = 0;
      resume();
      isEnded = isClosed;
    } finally {
      lock.unlock();
    }
    listener = who;
    if (!come.isEmpty()) {
      who.onFrames(come);
    }
    if (isEnded) {
      who.onEnded();
    } else {
      onTurn();
    }
  }

  @Override
  public void wake() {
    onLoop(this::onTurn);
  }

  /// On the loop: there may be something to be said.
  void onTurn() {
    Listener to = listener;
    Channel now = channel;
    if (to != null && now != null && now.isActive() && now.isWritable()) {
      to.onTurn();
    }
  }

  /// What comes after the end of the loop is too late.
  private void onLoop(Runnable what) {
    Channel now = channel;
    if (now == null) {
      throw new IllegalStateException("nobody listens at a connection before it is there");
    }
    try {
      now.eventLoop().execute(what);
    } catch (RejectedExecutionException e) {
      LOG.trace("{}: its loop has ended", now, e);
    }
  }

  @Override
  public void post(byte[] frame, int length) {
    Channel to = channel;
    if (to != null) {
      write(to, frame, length);
    }
  }

  private void write(Channel to, byte[] frame, int length) {
    ByteBuf bytes = to.alloc().directBuffer(HEAD + length);
    bytes.writeInt(length).writeBytes(frame, 0, length);
    wroteNanos = System.nanoTime();
    to.writeAndFlush(bytes, to.voidPromise());
  }

  @Override
  public void reading(boolean is) {
    Channel from = channel;
    if (from != null) {
      lock.lock();
      try {
        isPaused = !is;
      } finally {
        lock.unlock();
      }
      from.config().setAutoRead(is);
    }
  }

  private void end() {
    lock.lock();
    try {
      isClosed = true;
      arrived.signalAll();
      writable.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void send(byte[] frame) {
    if (!trySend(frame)) {
      throw new AlreadyClosed("the connection has ended");
    }
  }

  /// @return false when the connection has ended, and the frame was not given to it
  boolean trySend(byte[] frame) {
    Channel to = channel;
    if (to == null || !awaitWritable(to)) {
      return false;
    }
    write(to, frame, frame.length);
    return true;
  }

  private boolean awaitWritable(Channel to) {
    if (to.isWritable()) {
      return true;
    }
    lock.lock();
    try {
      while (!isClosed && !to.isWritable()) {
        writable.await(1, TimeUnit.SECONDS);
      }
      return !isClosed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while sending", e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public byte @Nullable [] receive(Duration patience) {
    lock.lock();
    try {
      long nanos = patience.toNanos();
      while (waiting.isEmpty()) {
        if (isClosed) {
          throw new AlreadyClosed("the connection has ended");
        }
        if (nanos <= 0) {
          return null;
        }
        nanos = arrived.awaitNanos(nanos);
      }
      byte[] frame = waiting.remove();
      waitingBytes -= frame.length;
      resume();
      return frame;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while receiving", e);
    } finally {
      lock.unlock();
    }
  }

  private void resume() {
    Channel from = channel;
    if (isPaused && waitingBytes < WAITING_MAX / 2 && from != null) {
      isPaused = false;
      from.config().setAutoRead(true);
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return isClosed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    Channel now = channel;
    end();
    if (now != null) {
      now.close();
    }
  }
}
