package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.SealResponse;
import java.lang.foreign.MemorySegment;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The way of blobs from a window to their readers: room is promised, the bytes are copied and
/// verified, logged, and shown.
///
/// **Threading:** any thread. **Ownership:** everything is lent.
final class Sealing {

  private final StoreLock lock;
  private final StoreParts parts;
  private final Residency residency;
  private final Verifiers verifiers;
  private final GroupSync groupSync;
  private final InstantSource wallClock;
  private final @Nullable WriteBehind behind;
  private final @Nullable Promotions promotions;

  /// @param wallClock says when a blob was sealed
  /// @param behind null when there is one tier, as `promotions`
  Sealing(
      StoreLock lock,
      StoreParts parts,
      Residency residency,
      Verifiers verifiers,
      GroupSync groupSync,
      InstantSource wallClock,
      @Nullable WriteBehind behind,
      @Nullable Promotions promotions) {
    this.lock = lock;
    this.parts = parts;
    this.residency = residency;
    this.verifiers = verifiers;
    this.groupSync = groupSync;
    this.wallClock = wallClock;
    this.behind = behind;
    this.promotions = promotions;
  }

  /// Has room in memory for what is written behind: waits for the device when there is none.
  void awaitDevice() {
    if (behind != null && behind.isFull()) {
      lock.checkOpen();
      groupSync.sync();
    }
  }

  /// @throws OutOfSpace when too much waits for the device
  void checkDevice() {
    if (behind != null && behind.isFull()) {
      throw new OutOfSpace(
          parts.disk().path("") + ": " + behind.bytes() + " bytes wait for the device");
    }
  }

  /// Promises room to one more blob, under the lock.
  ///
  /// @param promised how many others have been promised room and are not sealed yet
  WindowTable.Pending promise(MemoryStore.Wanted item, int promised) {
    Extent extent = residency.promise(item.length(), item.keep(), promised);
    return new WindowTable.Pending(
        item.hash(),
        new BlobLocation(extent.region(), extent.offset(), item.length()),
        item.keep());
  }

  /// Promises room to all or to none, under the lock.
  List<WindowTable.Pending> promiseAll(List<MemoryStore.Wanted> items) {
    List<WindowTable.Pending> promised = new ArrayList<>(items.size());
    try {
      for (MemoryStore.Wanted item : items) {
        promised.add(promise(item, promised.size()));
      }
      return promised;
    } catch (OutOfSpace e) {
      release(promised);
      throw e;
    }
  }

  /// Nobody needs the promised room any more; under the lock.
  void release(List<WindowTable.Pending> promised) {
    promised.forEach(blob -> residency.unpromise(blob, false));
  }

  /// Copies blobs to the room promised to them, or gives that back.
  ///
  /// @param window where they lie one behind the other
  /// @return which of them have the bytes that their hash names
  BitSet copy(MemorySegment window, List<WindowTable.Pending> blobs) {
    try {
      return verifiers.copy(window, blobs);
    } catch (RuntimeException e) {
      lock.always(() -> release(blobs));
      throw e;
    }
  }

  /// Logs and shows what is intact.
  SealResponse commit(List<WindowTable.Pending> blobs, BitSet intact) {
    MemoryCopies copies = copies(blobs, intact);
    SealBatch batch = new SealBatch(blobs, copies);
    lock.whileOpen(
        () -> {
          batch.judge(intact, parts.index());
          residency.commit(batch, wallClock.instant().getEpochSecond());
          batch.forEachUse(residency::unpromise);
          if (copies != null) {
            copies.giveBackRest();
          }
          groupSync.wrote();
        });
    if (promotions != null) {
      promotions.roomChanged();
    }
    return batch.response();
  }

  /// Copies in the memory tier, if there is one.
  private @Nullable MemoryCopies copies(List<WindowTable.Pending> blobs, BitSet intact) {
    MemoryTier tier = parts.tier();
    if (tier == null || behind == null) {
      return null;
    }
    MemoryCopies copies = lock.open(() -> tier.copiesFor(blobs, intact));
    copies.fill(parts.regions());
    behind.wrote(blobs.stream().mapToLong(blob -> blob.location().length()).sum());
    return copies;
  }
}
