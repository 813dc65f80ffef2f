package io.kogluktualuk.rdma.transport.rpc;

import com.ibm.darpc.DaRPCMessage;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.rpc.Channel;
import java.nio.ByteBuffer;

/// One message of the control protocol, as DaRPC carries it behind its 4-byte ticket.
///
/// ```
/// byte 0      1           5            9            17           21
///      +------+-----------+------------+------------+------------+---------------------+
///      | kind | taken     | argument   | nanos      | length     | payload             |
///      +------+-----------+------------+------------+------------+---------------------+
/// ```
///
/// All numbers are big endian. `taken` returns receive credits, see
/// [io.kogluktualuk.rdma.transport.credit.SendWindow]. `argument` is the method's number in a
/// request and the fault's tag in a fault; `nanos` is the time left in a request.
///
/// **Threading:** immutable but for [#update], which DaRPC's own classes call and ours do not.
record Frame(Kind kind, int argument, long nanos, byte[] payload) implements DaRPCMessage {

  static final int HEADER_BYTES = 21;

  /// A fault's message is cut to this.
  static final int FAULT_BYTES_MAX = 4 * 1024;

  static final int BYTES_MAX = HEADER_BYTES + Channel.MESSAGE_BYTES_MAX;

  private static final byte[] NOTHING = {};

  enum Kind {
    REQUEST,
    RESPONSE,
    FAULT,
    /// Only returns credits.
    CREDIT,
    PING,
    PONG;

    private static final Kind[] ALL = values();

    /// Whether it takes a credit; the others have a few RECVs set apart for them.
    boolean takesCredit() {
      return this == REQUEST || this == RESPONSE || this == FAULT;
    }
  }

  static Frame request(int method, long nanos, byte[] payload) {
    return new Frame(Kind.REQUEST, method, nanos, payload);
  }

  static Frame response(byte[] payload) {
    return new Frame(Kind.RESPONSE, 0, 0, payload);
  }

  static Frame fault(int tag, byte[] message) {
    return new Frame(Kind.FAULT, tag, 0, message);
  }

  static Frame control(Kind kind) {
    return new Frame(kind, 0, 0, NOTHING);
  }

  int write(ByteBuffer buffer, int taken) {
    buffer.put((byte) kind.ordinal()).putInt(taken).putInt(argument).putLong(nanos);
    buffer.putInt(payload.length).put(payload);
    return HEADER_BYTES + payload.length;
  }

  /// Reads the count of taken messages at the buffer's position, without moving it.
  static int taken(ByteBuffer buffer) {
    return buffer.getInt(buffer.position() + 1);
  }

  /// @throws MalformedEncoding when the bytes are no message
  static Frame read(ByteBuffer buffer) {
    if (buffer.remaining() < HEADER_BYTES) {
      throw new MalformedEncoding(
          "a control message has " + buffer.remaining() + " bytes, at least " + HEADER_BYTES);
    }
    int kind = buffer.get();
    if (kind < 0 || kind >= Kind.ALL.length) {
      throw new MalformedEncoding("no control message has kind " + kind);
    }
    buffer.getInt();
    int argument = buffer.getInt();
    long nanos = buffer.getLong();
    int length = buffer.getInt();
    if (length < 0 || length > Channel.MESSAGE_BYTES_MAX || length > buffer.remaining()) {
      throw new MalformedEncoding("a control message announces " + length + " bytes of payload");
    }
    byte[] payload = length == 0 ? NOTHING : new byte[length];
    buffer.get(payload);
    return new Frame(Kind.ALL[kind], argument, nanos, payload);
  }

  @Override
  public int write(ByteBuffer buffer) {
    return write(buffer, 0);
  }

  @Override
  public void update(ByteBuffer buffer) {
    throw new UnsupportedOperationException("frames are read by Frame.read");
  }

  @Override
  public int size() {
    return BYTES_MAX;
  }
}
