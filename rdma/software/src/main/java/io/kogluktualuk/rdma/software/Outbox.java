package io.kogluktualuk.rdma.software;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// Frames on their way into a socket: one gathering write takes headers from here and payload from
/// where it lies.
///
/// Payload is registered memory, which may be deregistered between two writes of the same frame.
/// Then zeros are sent instead, so that the stream of frames stays sound, the tail says that they
/// are void, and whoever gave the payload is told, so that the request fails.
///
/// **Threading:** its path's lock. **Ownership:** its native memory lives until [#close].
/// **Bound:** [#FRAMES_MAX] frames with about [#BYTES_MAX] bytes of payload.
final class Outbox {

  /// Told that the memory of a payload is gone.
  interface Source {
    /// @return the status that the tail says
    int onGone(long number);
  }

  private static final int TAIL_OFFSET = Frame.HEAD_BYTES_MAX;
  private static final int SLOT_BYTES = Frame.HEAD_BYTES_MAX + Frame.TAIL_BYTES;

  private static final int FRAMES_MAX = 32;
  private static final int BYTES_MAX = Frame.CHUNK_BYTES;
  private static final int VECTORS_MAX = FRAMES_MAX * (2 + SendRequest.SGE_MAX);

  private static final MemorySegment ZEROS = Arena.global().allocate(Frame.CHUNK_BYTES, 64);

  private final MemorySegment heads;
  private final MemorySegment vectors;
  private final @Nullable SoftwareRegion[] regions = new @Nullable SoftwareRegion[VECTORS_MAX];
  private final @Nullable Source[] sources = new @Nullable Source[VECTORS_MAX];
  private final long[] numbers = new long[VECTORS_MAX];
  private final long[] tails = new long[VECTORS_MAX];
  private int frames;
  private int next;
  private int count;
  private long bytes;

  Outbox(Arena arena) {
    heads = arena.allocate((long) FRAMES_MAX * SLOT_BYTES, 64);
    vectors = arena.allocate((long) VECTORS_MAX * IoVector.BYTES, 16);
  }

  boolean isEmpty() {
    return count == 0;
  }

  /// Whether one more frame with its payload may be added.
  boolean hasRoom() {
    return frames < FRAMES_MAX && bytes < BYTES_MAX;
  }

  /// The place for one more head.
  MemorySegment heads() {
    return heads;
  }

  /// Adds a head of so many bytes; the caller writes it at the returned offset of [#heads].
  long addHead(int length) {
    long at = (long) frames * SLOT_BYTES;
    frames++;
    add(heads.address() + at, length, null, null, 0);
    return at;
  }

  /// Adds payload.
  ///
  /// @param region what it lies in; null when it stays valid by itself
  void addPayload(
      long address,
      long length,
      @Nullable SoftwareRegion region,
      @Nullable Source source,
      long number) {
    add(address, length, region, source, number);
    bytes += length;
  }

  /// Adds zeros in the place of payload that cannot be had.
  void addZeros(long length) {
    add(ZEROS.address(), length, null, null, 0);
    bytes += length;
  }

  /// Ends the payload of the frame.
  ///
  /// @param status 0, or why it is void
  void addTail(int status) {
    long at = tailOfLast();
    Frame.putTail(heads, at, status);
    add(heads.address() + at, Frame.TAIL_BYTES, null, null, 0);
  }

  private long tailOfLast() {
    return (long) (frames - 1) * SLOT_BYTES + TAIL_OFFSET;
  }

  private void add(
      long address,
      long length,
      @Nullable SoftwareRegion region,
      @Nullable Source source,
      long number) {
    setVector(count, address, length);
    regions[count] = region;
    sources[count] = source;
    numbers[count] = number;
    tails[count] = tailOfLast();
    count++;
  }

  private void setVector(int index, long address, long length) {
    long at = (long) index * IoVector.BYTES;
    vectors.set(ValueLayout.JAVA_LONG, at + IoVector.ADDRESS, address);
    vectors.set(ValueLayout.JAVA_LONG, at + IoVector.LENGTH, length);
  }

  private long length(int index) {
    return vectors.get(ValueLayout.JAVA_LONG, (long) index * IoVector.BYTES + IoVector.LENGTH);
  }

  private long address(int index) {
    return vectors.get(ValueLayout.JAVA_LONG, (long) index * IoVector.BYTES + IoVector.ADDRESS);
  }

  /// Writes what the socket takes; it is empty afterwards when that was all.
  long write(StreamSocket socket) throws IOException {
    enter();
    long written;
    try {
      written = socket.write(vectors.address() + (long) next * IoVector.BYTES, count - next);
    } finally {
      leave();
    }
    advance(Math.max(0, written));
    return written;
  }

  private void enter() {
    for (int i = next; i < count; i++) {
      SoftwareRegion region = regions[i];
      if (region != null && !region.enter()) {
        Source source = sources[i];
        blank(i, source == null ? Status.LOC_PROT_ERR : source.onGone(numbers[i]));
      }
    }
  }

  private void leave() {
    for (int i = next; i < count; i++) {
      SoftwareRegion region = regions[i];
      if (region != null) {
        region.leave();
      }
    }
  }

  private void advance(long written) {
    long left = written;
    while (next < count && left >= length(next)) {
      left -= length(next);
      next++;
    }
    if (next == count) {
      clear();
    } else if (left > 0) {
      setVector(next, address(next) + left, length(next) - left);
    }
  }

  private void clear() {
    for (int i = 0; i < count; i++) {
      regions[i] = null;
      sources[i] = null;
    }
    frames = 0;
    next = 0;
    count = 0;
    bytes = 0;
  }

  /// Touches no memory of the program any more.
  void blank() {
    for (int i = next; i < count; i++) {
      if (sources[i] != null) {
        blank(i, Status.WR_FLUSH_ERR);
      }
    }
  }

  private void blank(int index, int status) {
    Frame.putTail(heads, tails[index], status);
    setVector(index, ZEROS.address(), length(index));
    regions[index] = null;
    sources[index] = null;
  }
}
