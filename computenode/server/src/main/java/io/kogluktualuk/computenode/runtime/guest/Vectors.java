package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.vm.run.Guest;
import io.kogluktualuk.computenode.vm.run.GuestMemory;
import java.lang.foreign.MemorySegment;

/// The pieces of a program's memory that one call reads into or writes from.
///
/// ```
/// at `address`: { start u32 │ length u32 } …
/// ```
///
/// The list is taken before anything is written, so a piece that overlaps the list, or another
/// piece, changes nothing about where the bytes go: one piece after the other.
///
/// **Threading:** the guest's thread. **Bound:** [#COUNT_MAX] pieces, together less than 2 GiB.
/// **Errors:** [FileError] INVAL beyond the bounds; a piece outside the memory is a trap.
final class Vectors {

  /// As on Linux.
  static final int COUNT_MAX = 1_024;

  private final Guest guest;
  private final int[] starts;
  private final int[] lengths;

  private Vectors(Guest guest, int count) {
    this.guest = guest;
    this.starts = new int[count];
    this.lengths = new int[count];
  }

  static Vectors read(GuestProcess process, Guest guest, int address, int count) {
    if (count < 0 || count > COUNT_MAX) {
      throw new FileError(Errno.INVAL);
    }
    Vectors vectors = new Vectors(guest, count);
    process.requireInside(guest, address, 8L * count);
    guest.chargeFuel(count);
    GuestMemory memory = guest.memory();
    long sum = 0;
    for (int i = 0; i < count; i++) {
      int start = memory.getInt(address + 8 * i);
      int length = memory.getInt(address + 8 * i + 4);
      process.requireInside(guest, start, Integer.toUnsignedLong(length));
      vectors.starts[i] = start;
      vectors.lengths[i] = length;
      sum += length;
    }
    if (sum > Integer.MAX_VALUE) {
      throw new FileError(Errno.INVAL);
    }
    return vectors;
  }

  int count() {
    return starts.length;
  }

  MemorySegment segment(int index) {
    return guest.memory().view(starts[index], lengths[index]);
  }
}
