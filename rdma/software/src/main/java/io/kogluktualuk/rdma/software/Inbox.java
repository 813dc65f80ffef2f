package io.kogluktualuk.rdma.software;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// Takes frames out of a socket.
///
/// Heads and short payloads are read together into a buffer; a long payload goes from the socket
/// into its place in registered memory.
///
/// **Threading:** its path's lock. **Bound:** one buffer of [#BYTES]; foreign bytes decide on
/// nothing else.
final class Inbox {

  /// What came of a turn.
  enum Outcome {
    /// The socket has no more now.
    DRAINED,
    /// It may have more.
    MORE,
    /// The peer will send nothing more.
    END
  }

  static final int BYTES = 64 * 1024;

  /// A longer rest of a payload is read into its place directly.
  private static final int DIRECT_BYTES_MIN = 8 * 1024;

  /// Where payload goes.
  private enum Sink {
    NOWHERE,
    REQUESTER,
    RESPONDER
  }

  private final Requester requester;
  private final Responder responder;
  private final TcpPath path;
  private final MemorySegment buffer;
  private final Span span = new Span();
  private int start;
  private int end;
  private Sink sink = Sink.NOWHERE;
  private Sink tailSink = Sink.NOWHERE;
  private long payloadLeft;
  private boolean isTailDue;
  private boolean isGoodbyeHeard;
  private long bytes;

  Inbox(Requester requester, Responder responder, TcpPath path, Arena arena) {
    this.requester = requester;
    this.responder = responder;
    this.path = path;
    this.buffer = arena.allocate(BYTES, 64);
  }

  /// Takes what was read by someone else before.
  void take(ByteBuffer received) {
    int length = received.remaining();
    MemorySegment.copy(MemorySegment.ofBuffer(received), 0, buffer, 0, length);
    end = length;
    parse();
  }

  /// Own requests are not of interest any more.
  void dropAnswers() {
    if (sink == Sink.REQUESTER) {
      sink = Sink.NOWHERE;
    }
  }

  /// How much has been read since the beginning.
  long bytes() {
    return bytes;
  }

  boolean isGoodbyeHeard() {
    return isGoodbyeHeard;
  }

  /// Reads and handles about so many bytes.
  ///
  /// @throws MalformedEncoding when the peer breaks the protocol
  Outcome turn(StreamSocket socket, long budget) throws IOException {
    long left = budget;
    while (left > 0 && !isGoodbyeHeard) {
      int direct = start == end && payloadLeft >= DIRECT_BYTES_MIN ? enterDirect() : 0;
      int asked = direct > 0 ? direct : BYTES - (end - start);
      int count = direct > 0 ? readDirect(socket, direct) : readBuffered(socket);
      if (count <= 0) {
        return count < 0 ? Outcome.END : Outcome.DRAINED;
      }
      left -= count;
      bytes += count;
      if (direct == 0) {
        parse();
      }
      if (count < asked) {
        return Outcome.DRAINED;
      }
    }
    return isGoodbyeHeard ? Outcome.DRAINED : Outcome.MORE;
  }

  private int readBuffered(StreamSocket socket) throws IOException {
    if (start == end) {
      start = 0;
      end = 0;
    } else if (start > 0) {
      MemorySegment.copy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    int count = socket.read(buffer.address() + end, BYTES - end);
    end += Math.max(0, count);
    return count;
  }

  /// Begins an access to where the next bytes go; how many can be read in one piece, 0 for none.
  private int enterDirect() {
    if (!findTarget()) {
      return 0;
    }
    SoftwareRegion region = span.region;
    if (region == null || !region.enter()) {
      onTargetGone();
      return 0;
    }
    return (int) Math.min(payloadLeft, span.length);
  }

  private boolean findTarget() {
    boolean isFound =
        switch (sink) {
          case REQUESTER -> {
            if (requester.findTarget(span)) {
              yield true;
            }
            requester.onTargetGone();
            yield false;
          }
          case RESPONDER -> responder.findTarget(span);
          case NOWHERE -> false;
        };
    if (!isFound) {
      sink = Sink.NOWHERE;
    }
    return isFound;
  }

  private int readDirect(StreamSocket socket, int length) throws IOException {
    SoftwareRegion region = span.region;
    int count;
    try {
      count = socket.read(span.address, length);
    } finally {
      if (region != null) {
        region.leave();
      }
    }
    if (count > 0) {
      arrived(count);
    }
    return count;
  }

  private void arrived(long bytes) {
    payloadLeft -= bytes;
    switch (sink) {
      case REQUESTER -> requester.onArrived(bytes);
      case RESPONDER -> responder.onArrived(bytes);
      case NOWHERE -> {}
    }
  }

  private void parse() {
    while (start < end && !isGoodbyeHeard) {
      if (payloadLeft > 0) {
        place();
      } else if (isTailDue) {
        if (end - start < Frame.TAIL_BYTES) {
          return;
        }
        int status = Frame.tail(buffer, start);
        start += Frame.TAIL_BYTES;
        isTailDue = false;
        onTail(status);
      } else if (!parseHead()) {
        return;
      }
    }
  }

  /// Moves payload from the buffer into its place.
  private void place() {
    int count = (int) Math.min(payloadLeft, end - start);
    int done = 0;
    while (done < count && findTarget()) {
      SoftwareRegion region = span.region;
      int length = (int) Math.min(count - done, span.length);
      if (region == null || !region.enter()) {
        onTargetGone();
        break;
      }
      try {
        long offset = span.address - region.getAddr();
        MemorySegment.copy(buffer, start + done, region.memory(), offset, length);
      } catch (InternalError e) {
        // The file behind the memory was cut short.
        onTargetGone();
        break;
      } finally {
        region.leave();
      }
      arrived(length);
      done += length;
    }
    payloadLeft -= count - done;
    start += count;
  }

  private void onTargetGone() {
    switch (sink) {
      case REQUESTER -> requester.onTargetGone();
      case RESPONDER -> responder.onTargetGone();
      case NOWHERE -> {}
    }
    sink = Sink.NOWHERE;
  }

  private void onTail(int status) {
    Sink whose = tailSink;
    tailSink = Sink.NOWHERE;
    boolean isPlaced = sink == whose;
    sink = Sink.NOWHERE;
    if (!isPlaced) {
      return;
    }
    switch (whose) {
      case REQUESTER -> requester.onTail(status);
      case RESPONDER -> {
        responder.onTail(status);
        wantAckOfWhole();
      }
      case NOWHERE -> {}
    }
  }

  /// The peer waits for a request that has just come to its end; not for one that is arriving.
  private void wantAckOfWhole() {
    if (!responder.isArriving()) {
      path.wantAck();
    }
  }

  private boolean parseHead() {
    if (end - start < Frame.HEADER_BYTES) {
      return false;
    }
    int type = Frame.type(buffer, start);
    boolean isAtomic = type == Frame.ADD || type == Frame.SWAP;
    int head = isAtomic ? Frame.HEAD_BYTES_MAX : Frame.HEADER_BYTES;
    if (end - start < head) {
      return false;
    }
    if (Frame.rest(buffer, start) != 0 || type < Frame.SEND || type > Frame.GOODBYE) {
      throw new MalformedEncoding("no frame begins with " + Frame.type(buffer, start));
    }
    int at = start;
    start += head;
    if (!path.isDropping()) {
      requester.onCounts(Frame.posted(buffer, at), Frame.executed(buffer, at));
    }
    handle(type, at);
    return true;
  }

  private void handle(int type, int at) {
    long length = Integer.toUnsignedLong(Frame.length(buffer, at));
    if (length > Integer.MAX_VALUE) {
      throw new MalformedEncoding("a frame of " + length + " bytes");
    }
    int flags = Frame.flags(buffer, at);
    int key = Frame.key(buffer, at);
    long address = Frame.address(buffer, at);
    int immediate = Frame.immediate(buffer, at);
    boolean isRequest = type <= Frame.SWAP;
    if (isRequest && type != Frame.PART && responder.isArriving()) {
      throw new MalformedEncoding("a request inside of another");
    }
    switch (type) {
      case Frame.SEND -> {
        responder.onSend(flags, immediate, length);
        expect(Sink.RESPONDER, Math.min(length, Frame.CHUNK_BYTES));
      }
      case Frame.WRITE -> {
        responder.onWrite(flags, immediate, key, address, length);
        expect(Sink.RESPONDER, Math.min(length, Frame.CHUNK_BYTES));
      }
      case Frame.PART -> {
        if (length == 0
            || length > Frame.CHUNK_BYTES
            || responder.isArriving() && length != responder.due()) {
          throw new MalformedEncoding("a part of " + length + " bytes, due " + responder.due());
        }
        expect(Sink.RESPONDER, length);
      }
      case Frame.READ -> responder.onRead(key, address, length);
      case Frame.ADD, Frame.SWAP ->
          responder.onAtomic(
              type == Frame.SWAP,
              key,
              address,
              Frame.firstOperand(buffer, at),
              Frame.secondOperand(buffer, at));
      case Frame.DATA -> onData(length);
      case Frame.RESULT -> {
        if (!path.isDropping()) {
          requester.onResult(address);
        }
      }
      case Frame.NAK -> {
        if (!path.isDropping()) {
          requester.onRefused(address, key);
        }
      }
      case Frame.ACK -> {}
      case Frame.GOODBYE -> isGoodbyeHeard = true;
      default -> throw new MalformedEncoding("no frame has type " + type);
    }
    if (isRequest && type != Frame.READ) {
      wantAckOfWhole();
    }
  }

  private void onData(long length) {
    if (path.isDropping()) {
      if (length > Frame.CHUNK_BYTES) {
        throw new MalformedEncoding("a chunk of " + length + " bytes");
      }
      expect(Sink.NOWHERE, length);
      return;
    }
    requester.onData((int) length);
    expect(Sink.REQUESTER, length);
  }

  private void expect(Sink whose, long length) {
    payloadLeft = length;
    isTailDue = length > 0;
    sink = whose == Sink.RESPONDER && !responder.isArriving() ? Sink.NOWHERE : whose;
    tailSink = sink;
  }
}
