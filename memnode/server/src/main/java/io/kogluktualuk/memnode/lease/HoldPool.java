package io.kogluktualuk.memnode.lease;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The holds themselves, off the heap: a hash table with chains over a fixed number of records,
/// each of which is also in the list of its lease.
///
/// ```
///   0         4         8         12        16        20                  28
///   +---------+---------+---------+---------+---------+-------------------+
///   | blob    | lease   | next    | before  | chain   | order             |   a hold
///   +---------+---------+---------+---------+---------+-------------------+
///     u32       u32       u32       u32       u32       u64
/// ```
///
/// `order` is that of the call in which the holder asked for it last. `next` and `before` are the
/// neighbours in the list of the lease, `chain` the next hold with the same hash, or the next
/// free record. Numbers of records are 1 more than stored positions, so that fresh zeros say
/// *none*. The heads of the chains, one u32 for each hold and up to twice as many, lie behind the
/// records: 32 to 36 bytes a hold in all.
///
/// **Threading:** one thread at a time. **Ownership:** the memory is lent. **Bound:** as many
/// holds as it was made for.
final class HoldPool {

  static final int BLOB_OFFSET = 0;
  static final int LEASE_OFFSET = BLOB_OFFSET + Integer.BYTES;
  static final int NEXT_OFFSET = LEASE_OFFSET + Integer.BYTES;
  static final int BEFORE_OFFSET = NEXT_OFFSET + Integer.BYTES;
  static final int CHAIN_OFFSET = BEFORE_OFFSET + Integer.BYTES;
  static final int ORDER_OFFSET = CHAIN_OFFSET + Integer.BYTES;
  static final int BYTES = ORDER_OFFSET + Long.BYTES;

  /// No hold has this number.
  static final int NONE = 0;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final MemorySegment memory;
  private final int capacity;
  private final long headsAt;
  private final int headsMask;
  private int fresh = 1;
  private int free = NONE;
  private int size;

  /// @param memory all zeros, [#bytesFor] long
  HoldPool(MemorySegment memory, int capacity) {
    this.memory = memory;
    this.capacity = capacity;
    this.headsAt = (capacity + 1L) * BYTES;
    this.headsMask = heads(capacity) - 1;
  }

  private static int heads(int capacity) {
    return Integer.highestOneBit(Math.max(1, capacity - 1)) * 2;
  }

  static long bytesFor(int capacity) {
    return (capacity + 1L) * BYTES + (long) heads(capacity) * Integer.BYTES;
  }

  int size() {
    return size;
  }

  int capacity() {
    return capacity;
  }

  /// The hold of a lease on a blob, or [#NONE].
  int find(int lease, int blob) {
    int hold = memory.get(INT, headAt(lease, blob));
    while (hold != NONE && (blob(hold) != blob || get(hold, LEASE_OFFSET) != lease)) {
      hold = get(hold, CHAIN_OFFSET);
    }
    return hold;
  }

  /// Adds a hold that is not there.
  ///
  /// @param first of the lease's list, or [#NONE]
  /// @return its number, the new first of the list; [#NONE] when all are taken
  int add(int lease, int blob, int first, long order) {
    int hold = take();
    if (hold == NONE) {
      return NONE;
    }
    long head = headAt(lease, blob);
    set(hold, BLOB_OFFSET, blob);
    set(hold, LEASE_OFFSET, lease);
    set(hold, NEXT_OFFSET, first);
    set(hold, BEFORE_OFFSET, NONE);
    memory.set(LONG, orderAt(hold), order);
    set(hold, CHAIN_OFFSET, memory.get(INT, head));
    memory.set(INT, head, hold);
    if (first != NONE) {
      set(first, BEFORE_OFFSET, hold);
    }
    size++;
    return hold;
  }

  private int take() {
    int hold = free;
    if (hold != NONE) {
      free = get(hold, CHAIN_OFFSET);
    } else if (fresh <= capacity) {
      hold = fresh++;
    }
    return hold;
  }

  /// Takes a hold away.
  ///
  /// @param first of the lease's list
  /// @return the first of the list from now on
  int remove(int hold, int first) {
    unchain(hold);
    int next = get(hold, NEXT_OFFSET);
    int before = get(hold, BEFORE_OFFSET);
    if (next != NONE) {
      set(next, BEFORE_OFFSET, before);
    }
    if (before != NONE) {
      set(before, NEXT_OFFSET, next);
    }
    set(hold, CHAIN_OFFSET, free);
    free = hold;
    size--;
    return hold == first ? next : first;
  }

  private void unchain(int hold) {
    long head = headAt(get(hold, LEASE_OFFSET), blob(hold));
    int chain = get(hold, CHAIN_OFFSET);
    int at = memory.get(INT, head);
    if (at == hold) {
      memory.set(INT, head, chain);
      return;
    }
    while (get(at, CHAIN_OFFSET) != hold) {
      at = get(at, CHAIN_OFFSET);
    }
    set(at, CHAIN_OFFSET, chain);
  }

  int blob(int hold) {
    return get(hold, BLOB_OFFSET);
  }

  /// In which order the holder asked for it last.
  long order(int hold) {
    return memory.get(LONG, orderAt(hold));
  }

  /// It was asked for again.
  void ordered(int hold, long order) {
    memory.set(LONG, orderAt(hold), Math.max(order, order(hold)));
  }

  private static long orderAt(int hold) {
    return (long) hold * BYTES + ORDER_OFFSET;
  }

  private long headAt(int lease, int blob) {
    long mixed = ((long) lease << 32 ^ blob) * 0x9E37_79B9_7F4A_7C15L;
    return headsAt + ((mixed >>> 32) & headsMask) * Integer.BYTES;
  }

  private int get(int hold, int offset) {
    return memory.get(INT, (long) hold * BYTES + offset);
  }

  private void set(int hold, int offset, int value) {
    memory.set(INT, (long) hold * BYTES + offset, value);
  }
}
