package io.kogluktualuk.rdma.transport.rpc;

import com.ibm.darpc.DaRPCMessage;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.rpc.Channel;
import java.nio.ByteBuffer;

/// One entry of a message of the control protocol, behind the 4-byte ticket that DaRPC puts before
/// each. A message carries one or more, all of calls, or one control entry.
///
/// ```
/// byte 0      1           5           7          9            17           21
///      +------+-----------+-----------+----------+------------+------------+-------------+
///      | kind | taken     | series    | argument | nanos      | length     | payload     |
///      +------+-----------+-----------+----------+------------+------------+-------------+
/// ```
///
/// All numbers are big endian. `taken` returns receive credits, see
/// [io.kogluktualuk.rdma.transport.credit.CreditLedger]; it counts in the first entry of a message.
/// Ticket and `series` name the call, an answer repeats them. `argument` is the method's number in
/// a request, the fault's tag in a fault, the content of a control entry. `nanos` is the time
/// left in a request.
///
/// **Threading:** one thread; used again and again. The payload is borrowed, never copied here.
final class Frame implements DaRPCMessage {

  static final int HEADER_BYTES = 21;

  /// A fault's message is cut to this.
  static final int FAULT_BYTES_MAX = 4 * 1024;

  static final int BYTES_MAX = HEADER_BYTES + Channel.MESSAGE_BYTES_MAX;

  static final byte REQUEST = 0;
  static final byte RESPONSE = 1;
  static final byte FAULT = 2;

  /// Was withdrawn before it was sent.
  static final byte WITHDRAWN = 3;

  /// Says something about the connection; the only kind that takes no credit.
  static final byte CONTROL = 4;

  /// Where the kind and the count of taken messages are, from the ticket on.
  static final int KIND_AT = 4;

  static final int TAKEN_AT = 5;

  private static final byte[] NOTHING = {};

  byte kind = CONTROL;
  int taken;
  short series;
  int argument;
  long nanos;
  byte[] payload = NOTHING;
  int offset;
  int length;

  Frame of(byte newKind, short newSeries, int newArgument, long newNanos) {
    kind = newKind;
    series = newSeries;
    argument = newArgument;
    nanos = newNanos;
    return carrying(NOTHING, 0, 0);
  }

  Frame carrying(byte[] bytes, int from, int count) {
    payload = bytes;
    offset = from;
    length = count;
    return this;
  }

  /// What it takes in a message, with its ticket.
  int bytes() {
    return Integer.BYTES + HEADER_BYTES + length;
  }

  @Override
  public int write(ByteBuffer buffer) {
    buffer.put(kind).putInt(taken).putShort(series).putShort((short) argument).putLong(nanos);
    buffer.putInt(length).put(payload, offset, length);
    return HEADER_BYTES + length;
  }

  /// Reads an entry from a buffer that is backed by an array; the payload stays there.
  ///
  /// @throws MalformedEncoding when the bytes are none
  @Override
  public void update(ByteBuffer buffer) {
    if (buffer.remaining() < HEADER_BYTES) {
      throw new MalformedEncoding(
          "a control message has " + buffer.remaining() + " bytes, at least " + HEADER_BYTES);
    }
    kind = buffer.get();
    if (kind < REQUEST || kind > CONTROL) {
      throw new MalformedEncoding("no control message has kind " + kind);
    }
    taken = buffer.getInt();
    series = buffer.getShort();
    argument = Short.toUnsignedInt(buffer.getShort());
    nanos = buffer.getLong();
    int announced = buffer.getInt();
    if (announced < 0 || announced > Channel.MESSAGE_BYTES_MAX || announced > buffer.remaining()) {
      throw new MalformedEncoding(
          "a control message announces "
              + announced
              + " bytes of payload, has "
              + buffer.remaining());
    }
    carrying(buffer.array(), buffer.arrayOffset() + buffer.position(), announced);
    buffer.position(buffer.position() + announced);
  }

  @Override
  public int size() {
    return BYTES_MAX;
  }
}
