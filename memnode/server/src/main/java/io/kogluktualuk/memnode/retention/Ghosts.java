package io.kogluktualuk.memnode.retention;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The names of blobs that were thrown away lately, to notice that one comes back.
///
/// A direct-mapped table: a newer name takes the place of an older one. Each has the number of its
/// eviction, and counts as lately while fewer than [#window] others came after it.
///
/// ```
///   0         4         8
///   +---------+---------+
///   | name    | number  |
///   +---------+---------+
///     u32       u32
/// ```
///
/// **Threading:** one thread at a time. **Ownership:** the memory is lent.
/// **Bound:** as many names as it was made for. Two blobs may share a name: then one is kept longer
/// than it deserves.
final class Ghosts {

  static final int NAME_OFFSET = 0;
  static final int NUMBER_OFFSET = NAME_OFFSET + Integer.BYTES;
  static final int BYTES = NUMBER_OFFSET + Integer.BYTES;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private final MemorySegment memory;
  private final int slots;
  private int number = 1;

  Ghosts(MemorySegment memory, int slots) {
    this.memory = memory;
    this.slots = slots;
  }

  static long bytesFor(int slots) {
    return (long) slots * BYTES;
  }

  void add(int name) {
    long at = at(name);
    memory.set(INT, at + NAME_OFFSET, name);
    memory.set(INT, at + NUMBER_OFFSET, number++);
  }

  /// Whether a name is among the last so many; it is forgotten then.
  boolean recall(int name, int window) {
    long at = at(name);
    if (memory.get(INT, at + NAME_OFFSET) != name) {
      return false;
    }
    memory.set(INT, at + NAME_OFFSET, 0);
    int age = number - memory.get(INT, at + NUMBER_OFFSET);
    return age >= 0 && age <= window;
  }

  private long at(int name) {
    long mixed = Integer.toUnsignedLong(name * 0x9E37_79B9);
    return (mixed * slots >>> 32) * BYTES;
  }
}
