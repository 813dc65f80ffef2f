package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Which blob lies where: index, table, extents and log, kept in step.
///
/// **Threading:** one thread at a time; under the [StoreLock].
/// **Ownership:** everything is lent.
/// **Invariant:** every blob in the index is in the table and in the log; every extent is free,
/// of a blob, or promised to one.
final class Residency implements Residents {

  private final Regions regions;
  private final SealLog log;
  private final BlobIndex index;
  private final StoreTally tally;
  private final StoreSettings settings;
  private final @Nullable MemoryTier tier;
  private Room room = Room.NONE;

  /// @param tier what peers read; null when they read the regions
  Residency(
      Regions regions,
      SealLog log,
      BlobIndex index,
      StoreTally tally,
      StoreSettings settings,
      @Nullable MemoryTier tier) {
    this.regions = regions;
    this.log = log;
    this.index = index;
    this.tally = tally;
    this.settings = settings;
    this.tier = tier;
  }

  /// From now on this decides; it hears of all blobs first.
  void consult(Room other) {
    room = other;
    for (int ordinal = 0; ordinal < table().limit(); ordinal++) {
      if (table().isPresent(ordinal)) {
        other.sealed(this, ordinal);
      }
    }
  }

  Room room() {
    return room;
  }

  /// Promises room to one more blob.
  ///
  /// @param promised how many others have been promised room already
  /// @throws OutOfSpace when there is none, and none can be made
  Extent promise(int length, Keep keep, int promised) {
    while (index.entries() + promised >= settings.indexBlobs()) {
      if (!make(0)) {
        throw indexFull();
      }
    }
    Extent extent = lend(length, promised);
    room.reserved(this, keep, length);
    return extent;
  }

  private Extent lend(int length, int promised) {
    while (true) {
      OutOfSpace failure;
      try {
        log.ensureRoom(promised + 1L);
        return regions.lend(length);
      } catch (OutOfSpace e) {
        failure = e;
      }
      if (!make(Extent.sizeFor(length))) {
        throw failure;
      }
    }
  }

  /// @return false when nothing has gone
  private boolean make(long bytes) {
    long before = index.entries();
    return room.make(this, bytes) && index.entries() < before;
  }

  /// Nobody needs that room any more.
  void unpromise(WindowTable.Pending blob, boolean isUsed) {
    if (!isUsed) {
      regions.release(Extent.of(blob.location()));
    }
    room.unreserved(this, blob.keep(), blob.location().length());
  }

  private OutOfSpace indexFull() {
    return new OutOfSpace(
        "the index for "
            + settings.indexBlobs()
            + " blobs has no room; it holds "
            + index.entries());
  }

  /// Logs and shows what is intact of a window.
  void commit(SealBatch batch, long nowSeconds) {
    try {
      List<BlobRecord> records = batch.records(nowSeconds);
      long number = log.records();
      log.append(records);
      batch.publish(index, records, number);
    } catch (OutOfSpace e) {
      batch.abandon(index, e);
    }
    for (int ordinal : batch.ordinals()) {
      regions.written(index.location(ordinal));
      tally.sealed(table().length(ordinal));
      room.sealed(this, ordinal);
    }
    tally.refused(batch.mismatches());
  }

  /// Blobs that a start has found.
  void recovered(long dropped) {
    for (int ordinal = 0; ordinal < table().limit(); ordinal++) {
      if (table().isPresent(ordinal)) {
        tally.added(table().length(ordinal));
      }
    }
    tally.recovered(dropped, log.tornBytes());
  }

  /// Whether more than half of the log says nothing any more.
  boolean isLogMostlyDead() {
    return log.records() > SealLog.BATCH_RECORDS + 2 * tally.blobs();
  }

  @Override
  public BlobTable table() {
    return index.table();
  }

  @Override
  public int ordinal(Hash hash) {
    return index.ordinal(hash);
  }

  @Override
  public Hash hash(int ordinal) {
    return index.hash(ordinal);
  }

  @Override
  public boolean evict(int ordinal) {
    if (!table().isPresent(ordinal)) {
      return false;
    }
    log.append(List.of(BlobRecord.dropped(index.hash(ordinal))));
    room.dropped(this, ordinal);
    Extent extent = Extent.of(index.location(ordinal));
    tally.removed(table().length(ordinal));
    if (tier != null) {
      tier.dropped(ordinal);
    }
    index.remove(ordinal);
    regions.release(extent);
    return true;
  }

  /// Drops a blob whose bytes somebody found to be others, if they still are.
  ///
  /// @return null when they are not, or it is not there any more
  @Nullable LostBlob dropDamaged(SealedBlob blob, Predicate<SealedBlob> isIntact) {
    int ordinal = index.ordinal(blob.hash());
    if (ordinal == BlobTable.NONE
        || !index.location(ordinal).equals(blob.location())
        || isIntact.test(blob)) {
      return null;
    }
    LostBlob lost = LostBlob.of(ordinal, index);
    evict(ordinal);
    room.damaged(blob.hash());
    return lost;
  }

  /// A blob's bytes have been copied to another place. Its former one stays lent.
  void move(int ordinal, Hash hash, BlobLocation to) {
    log.append(
        List.of(
            BlobRecord.sealed(hash, to, table().sealedSeconds(ordinal), table().keep(ordinal))));
    table().setFile(ordinal, Place.of(to));
    if (tier == null) {
      index.publish(ordinal, hash, to);
    }
    regions.written(to);
  }

  @Override
  public void pin(int ordinal, int generation) {
    if (table().pinGeneration(ordinal) != generation) {
      log.append(List.of(BlobRecord.pinned(index.hash(ordinal), generation)));
      table().setPinGeneration(ordinal, generation);
    }
  }

  @Override
  public void keep(int ordinal, Keep terms) {
    if (!table().keep(ordinal).equals(terms)) {
      log.append(
          List.of(
              BlobRecord.sealed(
                  index.hash(ordinal),
                  index.location(ordinal),
                  table().sealedSeconds(ordinal),
                  terms)));
      table().setKeep(ordinal, terms);
    }
  }

  @Override
  public long lentBytes() {
    return regions.lentBytes();
  }

  @Override
  public long capacityBytes() {
    return settings.capacity().bytes();
  }
}
