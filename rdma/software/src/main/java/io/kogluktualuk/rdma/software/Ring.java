package io.kogluktualuk.rdma.software;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// One direction of a [Link]: a stream of records, one writer, one reader.
///
/// ```
/// byte 0          4          8          12         16
///      +----------+----------+----------+----------+--------------------------------+
///      | fragment | total    | flags    | immediate| payload, padded to 16          |
///      +----------+----------+----------+----------+--------------------------------+
/// ```
///
/// A record begins at a multiple of 16 and its header never wraps; its payload may. Positions count
/// bytes since the beginning and never wrap. The writer publishes a record by setting `tail` with
/// release, after its bytes; the reader pairs that with an acquire.
///
/// **Threading:** the writer's methods under the send lock, the reader's under the receive lock.
final class Ring {

  static final int HEADER_BYTES = 16;

  /// The longest payload of one record: four of them fit, so a reader can free one while another
  /// is written.
  static final int FRAGMENT_BYTES_MAX = Link.RING_BYTES / 4 - HEADER_BYTES;

  static final int FIRST = 1;
  static final int LAST = 2;
  static final int IMMEDIATE = 4;
  static final int SOLICITED = 8;

  /// The message did not fit the RECV it met; no payload follows.
  static final int TOO_LONG = 16;

  /// Immediate data of a one-sided write; the bytes are in place already.
  static final int WRITTEN = 32;

  private static final int MASK = Link.RING_BYTES - 1;

  private final MemorySegment writer;
  private final MemorySegment reader;

  /// @param writer the side block of who writes
  /// @param reader the side block of who reads
  Ring(MemorySegment writer, MemorySegment reader) {
    this.writer = writer;
    this.reader = reader;
  }

  static int recordBytes(int payload) {
    return HEADER_BYTES + (payload + 15 & ~15);
  }

  long tail() {
    return (long) Link.LONG.getAcquire(writer, (long) Link.TAIL);
  }

  long head() {
    return (long) Link.LONG.getAcquire(reader, (long) Link.HEAD);
  }

  void publishTail(long tail) {
    Link.LONG.setRelease(writer, (long) Link.TAIL, tail);
  }

  void publishHead(long head) {
    Link.LONG.setRelease(reader, (long) Link.HEAD, head);
  }

  void putHeader(long position, int fragment, int total, int flags, int immediate) {
    long at = Link.RING + (position & MASK);
    writer.set(ValueLayout.JAVA_INT, at, fragment);
    writer.set(ValueLayout.JAVA_INT, at + 4, total);
    writer.set(ValueLayout.JAVA_INT, at + 8, flags);
    writer.set(ValueLayout.JAVA_INT, at + 12, immediate);
  }

  int headerField(long position, int index) {
    return writer.get(ValueLayout.JAVA_INT, Link.RING + (position & MASK) + 4L * index);
  }

  /// The memory that payload is copied from and to, at [#offsetOf].
  MemorySegment memory() {
    return writer;
  }

  long offsetOf(long position) {
    return Link.RING + (position & MASK);
  }

  /// How many of `length` bytes from `position` lie before the ring wraps.
  int contiguous(long position, int length) {
    return (int) Math.min(length, Link.RING_BYTES - (position & MASK));
  }
}
