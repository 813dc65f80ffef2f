package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.SessionId;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Puts of a few small blobs through windows that stand: room and seal at once. Nothing waits.
///
/// **Threading:** any thread. **Ownership:** everything is lent but the table of windows.
final class StandingPuts {

  private final StoreLock lock;
  private final StoreParts parts;
  private final Sealing sealing;
  private final LongSupplier nanoTime;
  private final StandingWindows windows; // guarded by the lock

  StandingPuts(
      StoreLock lock,
      StoreParts parts,
      Sealing sealing,
      LongSupplier nanoTime,
      StandingWindows windows) {
    this.lock = lock;
    this.parts = parts;
    this.sealing = sealing;
    this.nanoTime = nanoTime;
    this.windows = windows;
  }

  /// See [MemoryStore#stand].
  MemoryStore.@Nullable Lent stand(SessionId session) {
    if (!lock.open(windows::hasRoom)) {
      return null;
    }
    WindowSlot slot =
        parts.slots().acquire(WindowSlots.SMALL_BYTES, session, Deadline.after(Duration.ZERO));
    if (slot == null) {
      return null;
    }
    MemoryStore.@Nullable Lent lent = lock.open(() -> open(session, slot));
    if (lent == null) {
      parts.slots().giveBack(slot, session);
    }
    return lent;
  }

  private MemoryStore.@Nullable Lent open(SessionId session, WindowSlot slot) {
    return windows.hasRoom()
        ? new MemoryStore.Lent(windows.open(session, slot, nanoTime.getAsLong()), slot)
        : null;
  }

  /// See [MemoryStore#putOn].
  SealResponse put(SessionId session, long id, int offset, List<MemoryStore.Wanted> items) {
    sealing.checkDevice();
    Taken taken = lock.open(() -> take(session, id, offset, items));
    BitSet intact = sealing.copy(taken.bytes(), taken.blobs());
    return sealing.commit(taken.blobs(), intact);
  }

  /// Blobs that have room, and where they lie now.
  private record Taken(MemorySegment bytes, List<WindowTable.Pending> blobs) {}

  private Taken take(SessionId session, long id, int offset, List<MemoryStore.Wanted> items) {
    WindowSlot slot = windows.use(id, session, nanoTime.getAsLong());
    long bytes = items.stream().mapToLong(MemoryStore.Wanted::length).sum();
    if (bytes > slot.length() - (long) offset) {
      throw new InvalidArgument(
          bytes + " bytes from offset " + offset + " end behind a window of " + slot.length());
    }
    MemorySegment part = parts.slots().bytes(slot).asSlice(offset, bytes);
    return new Taken(part, sealing.promiseAll(items));
  }

  /// Takes windows back whose time is over.
  void sweep() {
    List<StandingWindows.Standing> expired = lock.open(() -> windows.sweep(nanoTime.getAsLong()));
    expired.forEach(window -> parts.slots().retire(window.slot(), window.owner()));
  }
}
