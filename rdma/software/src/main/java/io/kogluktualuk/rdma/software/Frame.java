package io.kogluktualuk.rdma.software;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The unit of the TCP data path: a header, and payload behind it.
///
/// ```
/// byte 0      1       2        4          8          12      16         24        28         32
///      +------+-------+--------+----------+----------+-------+----------+---------+----------+
///      | type | flags | zero   | posted   | executed | key   | address  | length  | immediate|
///      | u8   | u8    | u16    | u32      | u32      | u32   | u64      | u32     | u32      |
///      +------+-------+--------+----------+----------+-------+----------+---------+----------+
/// ```
///
/// All big endian. Every frame says how many RECVs its sender has `posted` and how many requests of
/// the receiver it has `executed`, since the connection began, modulo 2^32: credits and
/// acknowledgements need no frames of their own while others travel.
///
/// | type | said by | key | address | length | payload |
/// |---|---|---|---|---|---|
/// | SEND | requester | 0 | 0 | of the message | its first chunk |
/// | WRITE | requester | rkey | where to | of all that is written | its first chunk |
/// | PART | requester | 0 | 0 | of the chunk | a further chunk of the SEND or WRITE before |
/// | READ | requester | rkey | where from | asked for | none |
/// | ADD | requester | rkey | where | 16 | operand, 0 |
/// | SWAP | requester | rkey | where | 16 | compare, swap |
/// | DATA | responder | 0 | 0 | of the chunk | bytes for the oldest READ |
/// | RESULT | responder | 0 | what was there | 0 | none: answers the oldest ADD or SWAP |
/// | NAK | responder | status | number of the request | 0 | none |
/// | ACK | either | 0 | 0 | 0 | none: credits, acknowledgement, heartbeat |
/// | GOODBYE | either | 0 | 0 | 0 | none: the last frame |
///
/// A chunk has at most [#CHUNK_BYTES] bytes, and all chunks of a message but the last have exactly
/// as many; between them the sender may say frames of its other role. Behind each chunk that is not
/// empty comes a tail, a u32: 0, or a status that says that the chunk is void, because its memory
/// was withdrawn while it was being sent. Requests are numbered from 0.
final class Frame {

  static final int HEADER_BYTES = 32;

  /// The longest header together with the operands of an atomic request.
  static final int HEAD_BYTES_MAX = HEADER_BYTES + 16;

  static final int TAIL_BYTES = 4;

  /// Long enough that system calls do not count, short enough that frames of the other role and
  /// other connections need not wait long: about 50 µs of copying.
  static final int CHUNK_BYTES = 256 * 1024;

  /// READs and atomics that may be unanswered; an adapter allows 16, but its round trips are short.
  static final int READS_MAX = 64;

  static final int SEND = 1;
  static final int WRITE = 2;
  static final int PART = 3;
  static final int READ = 4;
  static final int ADD = 5;
  static final int SWAP = 6;
  static final int DATA = 7;
  static final int RESULT = 8;
  static final int NAK = 9;
  static final int ACK = 10;
  static final int GOODBYE = 11;

  /// Flags of SEND and WRITE.
  static final int IMMEDIATE = 1;

  static final int SOLICITED = 2;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static final int POSTED = 4;
  private static final int EXECUTED = 8;
  private static final int KEY = 12;
  private static final int ADDRESS = 16;
  private static final int LENGTH = 24;
  private static final int IMMEDIATE_DATA = 28;
  private static final int FIRST_OPERAND = 32;
  private static final int SECOND_OPERAND = 40;

  private Frame() {}

  static void put(
      MemorySegment memory,
      long at,
      int type,
      int flags,
      int posted,
      int executed,
      int key,
      long address,
      int length,
      int immediate) {
    memory.set(INT, at, type << 24 | flags << 16);
    memory.set(INT, at + POSTED, posted);
    memory.set(INT, at + EXECUTED, executed);
    memory.set(INT, at + KEY, key);
    memory.set(LONG, at + ADDRESS, address);
    memory.set(INT, at + LENGTH, length);
    memory.set(INT, at + IMMEDIATE_DATA, immediate);
  }

  static void putOperands(MemorySegment memory, long at, long first, long second) {
    memory.set(LONG, at + FIRST_OPERAND, first);
    memory.set(LONG, at + SECOND_OPERAND, second);
  }

  static void putTail(MemorySegment memory, long at, int status) {
    memory.set(INT, at, status);
  }

  static int tail(MemorySegment memory, long at) {
    return memory.get(INT, at);
  }

  static int type(MemorySegment memory, long at) {
    return memory.get(INT, at) >>> 24;
  }

  static int flags(MemorySegment memory, long at) {
    return memory.get(INT, at) >>> 16 & 0xFF;
  }

  /// What must be zero.
  static int rest(MemorySegment memory, long at) {
    return memory.get(INT, at) & 0xFFFF;
  }

  static int posted(MemorySegment memory, long at) {
    return memory.get(INT, at + POSTED);
  }

  static int executed(MemorySegment memory, long at) {
    return memory.get(INT, at + EXECUTED);
  }

  static int key(MemorySegment memory, long at) {
    return memory.get(INT, at + KEY);
  }

  static long address(MemorySegment memory, long at) {
    return memory.get(LONG, at + ADDRESS);
  }

  static int length(MemorySegment memory, long at) {
    return memory.get(INT, at + LENGTH);
  }

  static int immediate(MemorySegment memory, long at) {
    return memory.get(INT, at + IMMEDIATE_DATA);
  }

  static long firstOperand(MemorySegment memory, long at) {
    return memory.get(LONG, at + FIRST_OPERAND);
  }

  static long secondOperand(MemorySegment memory, long at) {
    return memory.get(LONG, at + SECOND_OPERAND);
  }
}
