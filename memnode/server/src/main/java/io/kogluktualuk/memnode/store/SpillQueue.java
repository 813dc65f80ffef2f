package io.kogluktualuk.memnode.store;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongFunction;

/// In which order blobs leave memory: the one that came first goes first, but one that was used
/// meanwhile goes to the end instead, once for all its uses (the clock algorithm [1], as a ring).
///
/// Each ordinal is in the ring at most once. A bit for each says whether it is: so one that was
/// dropped stays in the ring until its turn, and the next blob with its ordinal takes over its
/// place.
///
/// [1] F. Corbató: A Paging Experiment with the Multics System. MIT Project MAC, 1968.
///
/// **Threading:** one thread at a time; under the [StoreLock]. **Bound:** four and an
/// eighth bytes for each ordinal, from the start on.
final class SpillQueue {

  private final int capacity;
  private final MemorySegment ring;
  private final MemorySegment queued;
  private int first;
  private int size;

  /// @param capacity all ordinals are below it
  /// @param memory gives zeroed memory of so many bytes
  SpillQueue(int capacity, LongFunction<MemorySegment> memory) {
    this.capacity = capacity;
    this.ring = memory.apply((long) capacity * Integer.BYTES);
    this.queued = memory.apply(Math.ceilDiv(capacity, Byte.SIZE));
  }

  /// Adds an ordinal at the end, unless it is in the ring.
  void add(int ordinal) {
    if (isQueued(ordinal)) {
      return;
    }
    setQueued(ordinal, true);
    ring.set(ValueLayout.JAVA_INT, at((first + (long) size) % capacity), ordinal);
    size++;
  }

  /// Takes the first ordinal out; [BlobTable#NONE] when there is none.
  int poll() {
    if (size == 0) {
      return BlobTable.NONE;
    }
    int ordinal = ring.get(ValueLayout.JAVA_INT, at(first));
    first = first + 1 < capacity ? first + 1 : 0;
    size--;
    setQueued(ordinal, false);
    return ordinal;
  }

  int size() {
    return size;
  }

  private static long at(long position) {
    return position * Integer.BYTES;
  }

  private boolean isQueued(int ordinal) {
    return (queued.get(ValueLayout.JAVA_BYTE, ordinal / Byte.SIZE) & bit(ordinal)) != 0;
  }

  private void setQueued(int ordinal, boolean isIn) {
    byte bits = queued.get(ValueLayout.JAVA_BYTE, ordinal / Byte.SIZE);
    int now = isIn ? bits | bit(ordinal) : bits & ~bit(ordinal);
    queued.set(ValueLayout.JAVA_BYTE, ordinal / Byte.SIZE, (byte) now);
  }

  private static int bit(int ordinal) {
    return 1 << ordinal % Byte.SIZE;
  }
}
