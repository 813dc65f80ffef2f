package io.kogluktualuk.computenode.vm.machine;

import io.kogluktualuk.computenode.vm.machine.MachineTrap.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// The linear memory of a guest in one flat array.
///
/// The array may be longer than the memory, so that growing page by page copies each byte a few
/// times only; what lies beyond is zero, and out of bounds for the guest.
///
/// **Threading:** the guest's thread.
/// **Bound:** at most half as long again as what the guest asked for, and never longer than the
/// greatest maximum it was ever given.
public final class LinearMemory {

  public static final int PAGE = 65_536;

  private static final byte[] NONE = {};

  private int maximumPages;
  private byte[] bytes;
  private int pages;

  /// Instances that share the memory; none when it is one instance's own.
  private List<GuestInstance> sharers = List.of();

  public LinearMemory(int initialPages, int maximumPages) {
    this.bytes = initialPages == 0 ? NONE : new byte[initialPages * PAGE];
    this.pages = initialPages;
    this.maximumPages = maximumPages;
  }

  public byte[] bytes() {
    return bytes;
  }

  public int pages() {
    return pages;
  }

  public int size() {
    return pages * PAGE;
  }

  /// Whether this many pages more are allowed.
  public boolean mayGrow(int more) {
    return more >= 0 && more <= maximumPages - pages;
  }

  public void grow(int more) {
    pages += more;
    if (size() > bytes.length) {
      long roomy = size() + ((long) size() >> 1);
      bytes = Arrays.copyOf(bytes, (int) Math.min(roomy, (long) maximumPages * PAGE));
    }
    sharers.forEach(GuestInstance::moved);
  }

  /// Tells an instance from now on that the memory has grown.
  public void share(GuestInstance instance) {
    sharers = Stream.concat(sharers.stream(), Stream.of(instance)).toList();
  }

  /// Traps unless `length` bytes from `address` are inside; both unsigned.
  public void requireInside(int address, int length) {
    if (address < 0 || length < 0 || address > size() - length) {
      throw new MachineTrap(Reason.MEMORY_BOUNDS);
    }
  }

  /// Makes the memory what it was at first: all of the array, whoever has written in it. For a
  /// memory that is one instance's own.
  public void reset(MemoryImage image) {
    image.restore(bytes);
    pages = image.pages();
  }

  /// For the next guest: how many pages it may have.
  public void begin(int maximum) {
    maximumPages = maximum;
  }
}
