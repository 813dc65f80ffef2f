package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.Reservation;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.SessionId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Answers reservations: what is there already, what gets room, what does not.
///
/// **Threading:** one thread at a time; [MemoryStore] holds its lock.
/// **Invariant:** each blob that is granted has its extent and its record in the log promised.
final class WindowDesk {

  private final Path folder;
  private final BlobIndex index;
  private final WindowTable windows;
  private final Regions regions;
  private final SealLog log;

  WindowDesk(Path folder, BlobIndex index, WindowTable windows, Regions regions, SealLog log) {
    this.folder = folder;
    this.index = index;
    this.windows = windows;
    this.regions = regions;
    this.log = log;
  }

  /// What a window for these must hold; negative when nothing is absent.
  long bytesOfAbsent(List<ReserveRequest.Item> items) {
    long bytes = -1;
    for (ReserveRequest.Item item : items) {
      if (index.find(item.hash()) == null) {
        bytes = Math.max(0, bytes) + item.length();
      }
    }
    return bytes;
  }

  /// Grants nothing.
  MemoryStore.Reserved refuse(List<ReserveRequest.Item> items, OutOfSpace reason) {
    List<Reservation> answers = new ArrayList<>(items.size());
    for (ReserveRequest.Item item : items) {
      BlobLocation present = index.find(item.hash());
      answers.add(
          present == null
              ? new Reservation.Refusal(reason.tag())
              : new Reservation.Present(present));
    }
    return new MemoryStore.Reserved(null, answers, String.valueOf(reason.getMessage()));
  }

  /// Opens a window for what is absent.
  ///
  /// @param slot large enough for all that is; null when none was to be had
  MemoryStore.Reserved reserve(
      SessionId session,
      List<ReserveRequest.Item> items,
      @Nullable WindowSlot slot,
      long nowNanos) {
    List<Reservation> answers = new ArrayList<>(items.size());
    List<WindowTable.Pending> pending = new ArrayList<>();
    OutOfSpace failure = null;
    for (ReserveRequest.Item item : items) {
      BlobLocation present = index.find(item.hash());
      if (present != null) {
        answers.add(new Reservation.Present(present));
      } else if (slot == null) {
        answers.add(new Reservation.Later());
      } else {
        try {
          if (failure == null) {
            pending.add(promise(item, pending.size()));
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
      long id = windows.open(session, slot, pending, nowNanos);
      lent = new MemoryStore.Lent(id, slot);
    }
    return new MemoryStore.Reserved(
        lent, answers, failure == null ? "" : String.valueOf(failure.getMessage()));
  }

  /// @param before how many blobs of the same window have been promised room already
  private WindowTable.Pending promise(ReserveRequest.Item item, int before) {
    int promised = windows.pending() + before;
    if (index.entries() + promised >= index.blobsMax()) {
      throw indexFull();
    }
    log.ensureRoom(promised + 1L);
    Extent extent = regions.lend(item.length());
    return new WindowTable.Pending(
        item.hash(), new BlobLocation(extent.region(), extent.offset(), item.length()));
  }

  private OutOfSpace indexFull() {
    return new OutOfSpace(
        "folder "
            + folder
            + ": the index for "
            + index.blobsMax()
            + " blobs has no room; it holds "
            + index.entries());
  }
}
