package io.kogluktualuk.rdma.transport.memory;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.provider.Verbs;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One-sided access to the regions of one [RegionServer]: no code of the server runs per transfer.
///
/// **Threading:** any number of threads; each call blocks its thread until done. There is a queue
/// pair for each core, at most [#LANES_MAX]; further callers wait their turn.
/// **Errors:** [Unavailable] when the peer is gone (the next call reconnects), [Refused] when the
/// access lies outside the region or the peer's adapter denied it (unknown or withdrawn rkey, no
/// right to write), [DeadlineExceeded] when time ran out. After a failed write any part of it may
/// have happened.
public final class RemoteMemory implements AutoCloseable {

  static final int LANES_MAX = 4;

  private final InetSocketAddress address;
  private final MemoryGroup group;
  private final Slot[] slots;
  private final TransferCounter reads = new TransferCounter();
  private final TransferCounter writes = new TransferCounter();
  private volatile boolean isClosed;

  /// A place for a lane, and the lock to use it.
  private static final class Slot {
    final ReentrantLock lock = new ReentrantLock();
    @Nullable Lane lane;
  }

  private RemoteMemory(InetSocketAddress address) {
    this.address = address;
    Verbs.install();
    this.group = MemoryGroup.open(Verbs.localDomain(), _ -> {});
    this.slots = new Slot[Math.clamp(Runtime.getRuntime().availableProcessors(), 1, LANES_MAX)];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new Slot();
    }
  }

  /// Connects now; after a loss the next call connects again.
  public static RemoteMemory connect(InetSocketAddress address, Deadline deadline) {
    RemoteMemory memory = new RemoteMemory(address);
    try {
      memory.slots[0].lane = Lane.connect(memory.group, address, deadline);
      return memory;
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  /// Copies `length` bytes of the region, from `regionOffset`, into the buffer at `bufferOffset`.
  public void read(
      RemoteRegion region,
      long regionOffset,
      RegisteredBuffer buffer,
      long bufferOffset,
      int length,
      Deadline deadline) {
    move(true, region, regionOffset, buffer, bufferOffset, length, deadline);
    reads.add(1, length);
  }

  /// Copies `length` bytes of the buffer, from `bufferOffset`, into the region at `regionOffset`.
  public void write(
      RemoteRegion region,
      long regionOffset,
      RegisteredBuffer buffer,
      long bufferOffset,
      int length,
      Deadline deadline) {
    move(false, region, regionOffset, buffer, bufferOffset, length, deadline);
    writes.add(1, length);
  }

  private void move(
      boolean isRead,
      RemoteRegion region,
      long regionOffset,
      RegisteredBuffer buffer,
      long bufferOffset,
      int length,
      Deadline deadline) {
    check(region, regionOffset, buffer, bufferOffset, length);
    Slot slot = enter(deadline);
    try {
      lane(slot, deadline)
          .transfer(isRead, region, regionOffset, buffer, bufferOffset, length, deadline);
    } finally {
      slot.lock.unlock();
    }
  }

  /// Reads all pieces; work requests are posted together. On failure any of them may have happened.
  public void readAll(List<Transfer> transfers, Deadline deadline) {
    moveAll(true, transfers, deadline);
    reads.add(transfers.size(), totalBytes(transfers));
  }

  /// Writes all pieces; work requests are posted together. On failure any of them may have
  /// happened.
  public void writeAll(List<Transfer> transfers, Deadline deadline) {
    moveAll(false, transfers, deadline);
    writes.add(transfers.size(), totalBytes(transfers));
  }

  private void moveAll(boolean isRead, List<Transfer> transfers, Deadline deadline) {
    for (Transfer t : transfers) {
      check(t.region(), t.regionOffset(), t.buffer(), t.bufferOffset(), t.length());
    }
    Slot slot = enter(deadline);
    try {
      lane(slot, deadline).transfer(isRead, transfers, deadline);
    } finally {
      slot.lock.unlock();
    }
  }

  private static long totalBytes(List<Transfer> transfers) {
    return transfers.stream().mapToLong(Transfer::length).sum();
  }

  /// An adapter would answer an access outside a region by breaking the connection.
  private void check(
      RemoteRegion region,
      long regionOffset,
      RegisteredBuffer buffer,
      long bufferOffset,
      int length) {
    Objects.checkFromIndexSize(bufferOffset, length, buffer.segment().byteSize());
    if (regionOffset < 0 || regionOffset > region.length() - length) {
      throw new Refused(
          length
              + " bytes at "
              + regionOffset
              + " are not inside a region of "
              + region.length()
              + " bytes at "
              + address);
    }
  }

  /// Locks a slot: the thread's own if it is free, else any free one, else its own when it gets
  /// free.
  private Slot enter(Deadline deadline) {
    int own = (int) (Thread.currentThread().threadId() % slots.length);
    for (int i = 0; i < slots.length; i++) {
      Slot slot = slots[(own + i) % slots.length];
      if (slot.lock.tryLock()) {
        return slot;
      }
    }
    try {
      if (slots[own].lock.tryLock(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS)) {
        return slots[own];
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while waiting for a queue pair to " + address, e);
    }
    throw new DeadlineExceeded("all queue pairs to " + address + " are busy");
  }

  /// The slot's lane; connects when there is none that works.
  private Lane lane(Slot slot, Deadline deadline) {
    if (isClosed) {
      throw new AlreadyClosed("the access to " + address + " is closed");
    }
    Lane lane = slot.lane;
    if (lane != null && lane.isUsable()) {
      return lane;
    }
    if (lane != null) {
      slot.lane = null;
      lane.close();
    }
    Lane fresh = Lane.connect(group, address, deadline);
    slot.lane = fresh;
    return fresh;
  }

  public InetSocketAddress address() {
    return address;
  }

  public TransferCounter reads() {
    return reads;
  }

  public TransferCounter writes() {
    return writes;
  }

  /// Waits for transfers in progress and disconnects.
  @Override
  public void close() {
    isClosed = true;
    for (Slot slot : slots) {
      slot.lock.lock();
      try {
        if (slot.lane != null) {
          slot.lane.close();
          slot.lane = null;
        }
      } finally {
        slot.lock.unlock();
      }
    }
    group.shutDown();
  }
}
