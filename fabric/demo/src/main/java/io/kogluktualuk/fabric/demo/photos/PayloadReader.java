package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import java.util.Map;

/// Takes the messages of one connection. Their payloads are received where they stay: the socket
/// is read straight into a buffer of just the length that the header told.
///
/// **Threading:** the connection's event loop. **Ownership:** of the part under way; messages are
/// their taker's. **Bound:** one message. **Errors:** what is no message, and a connection that
/// ends before its end was told, are told to the taker, and the connection is closed.
final class PayloadReader extends ChannelInboundHandlerAdapter {

  /// Who gets what comes.
  interface Taker {

    void onMessage(PayloadMessage message);

    /// The sender has nothing more.
    void onEnd();

    void onBroken(Throwable cause);
  }

  /// What is being received.
  private enum Part {
    HEADER,
    METADATA,
    PAYLOAD
  }

  private static final int READS_MAX = 64;

  private final Taker taker;
  private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  private Part part = Part.HEADER;
  private ByteBuf bytes = exactly(PayloadMessage.HEADER_BYTES);
  private PayloadMessage.Header header = new PayloadMessage.Header(0, 0);
  private Map<String, String> metadata = Map.of();
  private boolean isEnded;

  PayloadReader(Taker taker) {
    this.taker = taker;
  }

  private ByteBuf exactly(int length) {
    return allocator.directBuffer(length, length);
  }

  /// Has a channel read into the part under way, and no further than its end.
  RecvByteBufAllocator inPlace() {
    return new DefaultMaxMessagesRecvByteBufAllocator(READS_MAX) {
      @Override
      @SuppressWarnings("deprecation") // the handle's type is; there is no other way to give one
      public Handle newHandle() {
        return new MaxMessageHandle() {
          @Override
          public int guess() {
            return bytes.writableBytes();
          }

          @Override
          public ByteBuf allocate(ByteBufAllocator other) {
            return bytes.retain();
          }
        };
      }
    };
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf read = (ByteBuf) message;
    try {
      if (isEnded) {
        bytes.clear(); // whatever it is
      } else if (read == bytes) {
        advance();
      } else {
        copy(read);
      }
    } catch (FabricException e) {
      fail(context, e);
    } finally {
      read.release();
    }
  }

  /// Takes what was read elsewhere.
  private void copy(ByteBuf read) {
    while (read.isReadable() && !isEnded) {
      bytes.writeBytes(read, Math.min(bytes.writableBytes(), read.readableBytes()));
      advance();
    }
  }

  /// Goes on to the next part as long as this one is whole.
  private void advance() {
    while (!bytes.isWritable() && !isEnded) {
      ByteBuf whole = bytes;
      switch (part) {
        case HEADER -> {
          header = PayloadMessage.Header.read(whole);
          isEnded = header.isEnd();
          if (isEnded) {
            next(Part.HEADER, PayloadMessage.HEADER_BYTES);
          } else {
            next(Part.METADATA, header.metadataBytes());
          }
          whole.release();
        }
        case METADATA -> {
          metadata = PayloadMessage.metadata(whole);
          next(Part.PAYLOAD, header.payloadBytes());
          whole.release();
        }
        case PAYLOAD -> {
          next(Part.HEADER, PayloadMessage.HEADER_BYTES);
          taker.onMessage(new PayloadMessage(metadata, whole));
        }
      }
    }
    if (isEnded) {
      taker.onEnd();
    }
  }

  private void next(Part following, int length) {
    part = following;
    bytes = exactly(length);
  }

  private void fail(ChannelHandlerContext context, Throwable cause) {
    taker.onBroken(cause);
    context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    bytes.release();
    if (!isEnded) {
      taker.onBroken(new Unavailable("a sender is gone"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(context, cause);
  }
}
