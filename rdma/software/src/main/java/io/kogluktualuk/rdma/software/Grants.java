package io.kogluktualuk.rdma.software;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The regions of this side that the peer of one link may use; see [Link] for the layout.
///
/// **Threading:** any thread; [#close] ends all use of the shared memory.
final class Grants {

  static final int NONE = -1;

  private static final long VALID = 1;
  private static final long USER = 2;
  private static final long USERS_MASK = 0xFFFF_FFFEL;

  /// Copying the longest region takes a quarter of a second; a peer that takes far longer is
  /// stopped or lost, and an adapter would not wait for it either.
  private static final long WITHDRAW_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

  private @Nullable MemorySegment own;
  private volatile boolean isPeerGone;

  Grants(MemorySegment own) {
    this.own = own;
  }

  /// One region given to the peer.
  final class Grant {

    private final long offset;
    private final int slot;

    private Grant(int slot) {
      this.slot = slot;
      this.offset = slotOffset(slot);
    }

    int slot() {
      return slot;
    }

    boolean isGone() {
      return isPeerGone;
    }

    void withdraw() {
      clearValid(offset);
      long started = System.nanoTime();
      while (isUsed(offset) && System.nanoTime() - started < WITHDRAW_NANOS_MAX) {
        LockSupport.parkNanos(10_000);
      }
    }
  }

  static long slotOffset(int slot) {
    return Link.GRANTS + 8L * slot;
  }

  /// Takes a free slot for a key; null when all are in use or the link is closed.
  synchronized @Nullable Grant add(int rkey) {
    MemorySegment memory = own;
    for (int slot = 0; memory != null && slot < Link.GRANT_SLOTS; slot++) {
      long offset = slotOffset(slot);
      long before = (long) Link.LONG.getVolatile(memory, offset);
      boolean isFree = (before & (VALID | USERS_MASK)) == 0;
      if (isFree && Link.LONG.compareAndSet(memory, offset, before, (long) rkey << 32 | VALID)) {
        return new Grant(slot);
      }
    }
    return null;
  }

  private synchronized void clearValid(long offset) {
    if (own != null) {
      long before = (long) Link.LONG.getAndBitwiseAnd(own, offset, ~VALID);
      assert (before & VALID) != 0 || isPeerGone;
    }
  }

  private synchronized boolean isUsed(long offset) {
    return own != null
        && !isPeerGone
        && ((long) Link.LONG.getVolatile(own, offset) & USERS_MASK) != 0;
  }

  void onPeerGone() {
    isPeerGone = true;
  }

  synchronized void close() {
    isPeerGone = true;
    own = null;
  }

  /// Called by the peer: begins an access; false when the key is not valid any more.
  static boolean enter(MemorySegment granter, int slot, int rkey) {
    long before = (long) Link.LONG.getAndAdd(granter, slotOffset(slot), USER);
    if ((before & VALID) != 0 && (int) (before >>> 32) == rkey) {
      return true;
    }
    leave(granter, slot);
    return false;
  }

  /// Called by the peer: whether a key could be used now.
  static boolean isValid(MemorySegment granter, int slot, int rkey) {
    long now = (long) Link.LONG.getVolatile(granter, slotOffset(slot));
    return (now & VALID) != 0 && (int) (now >>> 32) == rkey;
  }

  static void leave(MemorySegment granter, int slot) {
    long before = (long) Link.LONG.getAndAdd(granter, slotOffset(slot), -USER);
    assert (before & USERS_MASK) != 0;
  }
}
