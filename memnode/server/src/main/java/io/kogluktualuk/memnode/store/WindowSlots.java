package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.SessionId;
import io.kogluktualuk.memnode.api.WriteWindow;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The staging area of a store: a file cut into slots of three sizes, which peers write to.
///
/// A slot is free, lent to one session, or retired. Which of the free ones is lent is drawn at
/// random, because adapters number their keys in a row: who knows one key must not know the next
/// window's. A slot that was lent is retired, and comes back when whoever keeps its key says that
/// it has a new one ([#renewed]).
///
/// One session gets at most half of the slots of a size, so that one that forgets to seal does
/// not stop the others.
///
/// **Threading:** any thread. **Ownership:** owns the file, which is made anew at each start.
/// **Bound:** the slots, fixed at the start; who finds none waits. A slot gets blocks of the disk
/// by [#backOne], or at the latest when it is lent first.
final class WindowSlots implements AutoCloseable {

  /// The least staging area: one slot of the largest size and some smaller ones.
  static final long BYTES_MIN = 12L << 20;

  /// What small blobs are written to; also what stands ([StandingWindows]).
  static final int SMALL_BYTES = 64 << 10;
  private static final int MEDIUM_BYTES = 1 << 20;

  private final RegionFile file;
  private final List<WindowSlot> all;
  private final BlockingQueue<WindowSlot> retired = new LinkedBlockingQueue<>();
  private final SecureRandom random = new SecureRandom();
  private final ReentrantLock lock = new ReentrantLock();

  /// Guarded by the lock, and everything in them; ascending by size.
  private final List<SlotClass> classes = new ArrayList<>();

  private final BitSet backed = new BitSet();
  private boolean isClosed;

  private WindowSlots(RegionFile file, List<WindowSlot> slots) {
    this.file = file;
    this.all = slots;
    slots.stream()
        .collect(Collectors.groupingBy(WindowSlot::length, TreeMap::new, Collectors.toList()))
        .forEach((length, equal) -> classes.add(new SlotClass(length, equal, lock.newCondition())));
  }

  /// Cuts an area of about so many bytes: three quarters for large slots, of which there are few.
  private static List<WindowSlot> cut(long bytes) {
    Map<Integer, Long> counts = new TreeMap<>();
    counts.put(SMALL_BYTES, Math.max(16, bytes / 16 / SMALL_BYTES));
    counts.put(MEDIUM_BYTES, Math.max(2, bytes / 8 / MEDIUM_BYTES));
    counts.put(WriteWindow.BYTES_MAX, Math.max(1, bytes * 3 / 4 / WriteWindow.BYTES_MAX));
    List<WindowSlot> slots = new ArrayList<>();
    long offset = 0;
    for (Map.Entry<Integer, Long> each : counts.entrySet()) {
      for (int i = 0; i < each.getValue(); i++) {
        slots.add(new WindowSlot(slots.size(), offset, each.getKey()));
        offset += each.getKey();
      }
    }
    return List.copyOf(slots);
  }

  /// Makes the staging area.
  ///
  /// @param bytes about how large it is, at least [#BYTES_MIN]; less on a small disk, of which it
  ///     takes an eighth
  static WindowSlots open(Disk disk, String name, long bytes) {
    List<WindowSlot> slots;
    try {
      disk.delete(name);
      long usable = disk.usableBytes();
      slots = cut(Math.min(bytes, Math.max(BYTES_MIN, usable / 8)));
    } catch (IOException e) {
      throw ZeroedFile.unusable(disk.path(name), e);
    }
    WindowSlot last = slots.getLast();
    return new WindowSlots(RegionFile.open(disk, name, last.offset() + last.length()), slots);
  }

  /// How many of the small ones may stand: a quarter.
  int standingMax() {
    long small = all.stream().filter(slot -> slot.length() == SMALL_BYTES).count();
    return (int) Math.max(1, small / 4);
  }

  /// All slots, by number.
  List<WindowSlot> all() {
    return all;
  }

  MemoryStore.FilePart file() {
    return new MemoryStore.FilePart(file.path(), 0, file.length());
  }

  /// What was written to a slot. Whoever has its key may still be writing.
  MemorySegment bytes(WindowSlot slot) {
    return file.segment().asSlice(slot.offset(), slot.length());
  }

  /// Lends a slot of at least so many bytes, at most [WriteWindow#BYTES_MAX].
  ///
  /// @return null when none came back in time
  /// @throws OutOfSpace when the disk has no room for any
  @Nullable WindowSlot acquire(long bytes, SessionId session, Deadline deadline) {
    lock.lock();
    try {
      int choice = classes.indexOf(classFor(bytes));
      while (true) {
        try {
          return acquire(classes.get(choice), session, deadline);
        } catch (OutOfSpace e) {
          choice++; // a larger slot may have its blocks already
          if (choice == classes.size()) {
            throw e;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the memory node is stopping: interrupted while waiting", e);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable WindowSlot acquire(SlotClass size, SessionId session, Deadline deadline)
      throws InterruptedException {
    while (true) {
      if (isClosed) {
        throw new AlreadyClosed("the memory node's store is closed");
      }
      WindowSlot slot = size.draw(session, random);
      if (slot != null && makeBacked(size, slot)) {
        size.lent(session);
        return slot;
      }
      if (slot == null && !size.awaitChange(deadline)) {
        return null;
      }
    }
  }

  /// Gives a slot its blocks.
  ///
  /// @return false when the disk is full and others must do; the slot is not lent again then
  private boolean makeBacked(SlotClass size, WindowSlot slot) {
    if (backed.get(slot.number())) {
      return true;
    }
    try {
      file.zero(new Extent(0, slot.offset(), slot.length()));
      backed.set(slot.number());
      size.backed++;
      return true;
    } catch (OutOfSpace e) {
      if (size.backed == 0) {
        size.bare.addFirst(slot);
        throw e;
      }
      return false;
    }
  }

  /// Gives one more slot its blocks, before anybody waits for it.
  ///
  /// @return false when all have them, or the disk is full
  boolean backOne() {
    lock.lock();
    try {
      for (SlotClass size : classes) {
        WindowSlot slot = isClosed ? null : size.bare.pollFirst();
        if (slot != null && makeBacked(size, slot)) {
          size.cameBack(slot);
          return true;
        }
      }
      return false;
    } catch (OutOfSpace e) {
      return false; // whoever needs a slot of that size hears it
    } finally {
      lock.unlock();
    }
  }

  private SlotClass classFor(long bytes) {
    return classes.stream().filter(size -> size.length >= bytes).findFirst().orElseThrow();
  }

  /// Takes back a slot whose key nobody has been told.
  void giveBack(WindowSlot slot, SessionId session) {
    lock.lock();
    try {
      SlotClass size = classFor(slot.length());
      size.returned(session);
      size.cameBack(slot);
    } finally {
      lock.unlock();
    }
  }

  /// Takes back a slot whose key somebody has: it is lent again when it has another.
  void retire(WindowSlot slot, SessionId session) {
    lock.lock();
    try {
      classFor(slot.length()).returned(session);
    } finally {
      lock.unlock();
    }
    retired.add(slot);
  }

  /// The next slot that needs a new key; null when there is none in time.
  @Nullable WindowSlot awaitRetired(Duration atMost) throws InterruptedException {
    return retired.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// A retired slot has a new key.
  void renewed(WindowSlot slot) {
    lock.lock();
    try {
      classFor(slot.length()).cameBack(slot);
    } finally {
      lock.unlock();
    }
  }

  /// Wakes those who wait, for nothing.
  void stop() {
    lock.lock();
    try {
      isClosed = true;
      classes.forEach(size -> size.changed.signalAll());
    } finally {
      lock.unlock();
    }
  }

  /// Nobody may use [#bytes] any more.
  @Override
  public void close() {
    stop();
    file.close();
  }
}
