package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.Reservation;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.SessionId;
import io.kogluktualuk.memnode.api.WriteWindow;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Windows that are lent for some blobs, and sealed once.
///
/// **Threading:** any thread. **Ownership:** everything is lent but the table of windows.
/// **Bound:** as many windows as there are slots; for one that is free one waits.
final class Reservations {

  private final StoreLock lock;
  private final StoreParts parts;
  private final Residency residency;
  private final Sealing sealing;
  private final LongSupplier nanoTime;
  private final WindowTable windows; // guarded by the lock

  Reservations(
      StoreLock lock,
      StoreParts parts,
      Residency residency,
      Sealing sealing,
      LongSupplier nanoTime,
      WindowTable windows) {
    this.lock = lock;
    this.parts = parts;
    this.residency = residency;
    this.sealing = sealing;
    this.nanoTime = nanoTime;
    this.windows = windows;
  }

  /// How many windows are open; under the lock.
  int open() {
    return windows.size();
  }

  /// See [MemoryStore#reserveOn].
  MemoryStore.Reserved reserve(
      SessionId session, List<MemoryStore.Wanted> items, Deadline deadline) {
    long bytes = lock.open(() -> bytesOfAbsent(items));
    if (bytes > WriteWindow.BYTES_MAX) {
      throw new InvalidArgument(
          "a reservation is for at most " + WriteWindow.BYTES_MAX + " bytes, found " + bytes);
    }
    WindowSlot slot;
    try {
      slot = bytes < 0 ? null : parts.slots().acquire(bytes, session, deadline);
    } catch (OutOfSpace e) {
      return lock.open(() -> refused(items, e));
    }
    boolean isLent = false;
    try {
      MemoryStore.Reserved reserved = lock.open(() -> reserve(session, items, slot));
      isLent = reserved.window() != null;
      return reserved;
    } finally {
      if (slot != null && !isLent) {
        parts.slots().giveBack(slot, session);
      }
    }
  }

  /// What a window must hold; negative when nothing is absent.
  private long bytesOfAbsent(List<MemoryStore.Wanted> items) {
    long bytes = -1;
    for (MemoryStore.Wanted item : items) {
      if (residency.ordinal(item.hash()) == BlobTable.NONE) {
        bytes = Math.max(0, bytes) + item.length();
      }
    }
    return bytes;
  }

  private MemoryStore.Reserved refused(List<MemoryStore.Wanted> items, OutOfSpace reason) {
    List<Reservation> answers = new ArrayList<>(items.size());
    for (MemoryStore.Wanted item : items) {
      BlobLocation present = present(item);
      answers.add(
          present == null
              ? new Reservation.Refusal(reason.tag())
              : new Reservation.Present(present));
    }
    return new MemoryStore.Reserved(null, answers, String.valueOf(reason.getMessage()));
  }

  /// Where a blob lies that somebody puts again, or null.
  private @Nullable BlobLocation present(MemoryStore.Wanted item) {
    int ordinal = residency.ordinal(item.hash());
    if (ordinal == BlobTable.NONE) {
      return null;
    }
    residency.room().repeated(residency, ordinal, item.keep());
    return parts.index().location(ordinal);
  }

  private MemoryStore.Reserved reserve(
      SessionId session, List<MemoryStore.Wanted> items, @Nullable WindowSlot slot) {
    List<Reservation> answers = new ArrayList<>(items.size());
    List<WindowTable.Pending> pending = new ArrayList<>();
    OutOfSpace failure = null;
    for (MemoryStore.Wanted item : items) {
      BlobLocation present = present(item);
      if (present != null) {
        answers.add(new Reservation.Present(present));
      } else if (slot == null) {
        answers.add(new Reservation.Later());
      } else {
        try {
          if (failure == null) {
            pending.add(sealing.promise(item, windows.pending() + pending.size()));
            answers.add(new Reservation.Granted());
          }
        } catch (OutOfSpace e) {
          failure = e;
        }
        if (failure != null) {
          answers.add(new Reservation.Refusal(failure.tag()));
        }
      }
    }
    MemoryStore.Lent lent = null;
    if (slot != null && !pending.isEmpty()) {
      long id = windows.open(session, slot, pending, nanoTime.getAsLong());
      lent = new MemoryStore.Lent(id, slot);
    }
    String reason = failure == null ? "" : String.valueOf(failure.getMessage());
    return new MemoryStore.Reserved(lent, answers, reason);
  }

  /// See [MemoryStore#seal].
  SealResponse seal(SessionId session, long id) {
    sealing.awaitDevice();
    WindowTable.Window window = lock.open(() -> windows.take(id, session, nanoTime.getAsLong()));
    BitSet intact;
    try {
      intact = sealing.copy(parts.slots().bytes(window.slot()), window.blobs());
    } finally {
      parts.slots().retire(window.slot(), session);
    }
    return sealing.commit(window.blobs(), intact);
  }

  /// Takes windows back whose time is over.
  void sweep() {
    List<WindowTable.Window> expired =
        lock.open(
            () -> {
              List<WindowTable.Window> over = windows.sweep(nanoTime.getAsLong());
              over.forEach(window -> sealing.release(window.blobs()));
              return over;
            });
    expired.forEach(window -> parts.slots().retire(window.slot(), window.owner()));
  }
}
