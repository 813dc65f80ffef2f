package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Writes the log anew, with one record or two for each blob that is there, while blobs come and
/// go. First what the table says, ordinal by ordinal, then the records that the log has got since
/// the beginning: each is true again when it is done a second time, so the end state is the same.
/// Nearly all of it is done without the store's lock; [#finish] needs it for the last few
/// records.
///
/// A blob that went and one that came may for a moment both be in the new log, more than the
/// index promises. So index and table have [#slack] more entries than that, and a rewriting that
/// sees more come meanwhile is given up and done another time.
///
/// **Threading:** one thread; what says *under the lock*, under the store's.
/// **Ownership:** owns the new log until it has replaced the old one.
final class LogRewrite {

  /// How many records may be left for the part under the lock: 32 KiB.
  private static final long LAST_RECORDS_MAX = 512;

  private static final String SUFFIX = ".new";

  private final Disk disk;
  private final SealLog log;
  private final BlobIndex index;
  private final SealLog fresh;
  private final long begin;
  private long copied;
  private int next;

  /// Under the lock.
  LogRewrite(Disk disk, SealLog log, BlobIndex index) {
    this.disk = disk;
    this.log = log;
    this.index = index;
    this.begin = log.records();
    this.copied = begin;
    try {
      disk.delete(log.name() + SUFFIX);
    } catch (IOException e) {
      throw ZeroedFile.unusable(disk.path(log.name() + SUFFIX), e);
    }
    this.fresh = SealLog.open(disk, log.name() + SUFFIX);
  }

  /// Writes a log anew that nobody else uses.
  static void all(Disk disk, SealLog log, BlobIndex index) {
    LogRewrite rewrite = new LogRewrite(disk, log, index);
    for (List<BlobRecord> batch = rewrite.collect(); !batch.isEmpty(); batch = rewrite.collect()) {
      rewrite.write(batch);
    }
    rewrite.finish();
  }

  /// How many more entries than promised there must be room for.
  static long slack(long blobs) {
    return 1024 + blobs / 16;
  }

  /// The next records, under the lock; none when all blobs have been looked at.
  List<BlobRecord> collect() {
    List<BlobRecord> batch = new ArrayList<>();
    BlobTable table = index.table();
    for (; next < table.limit() && batch.size() < SealLog.BATCH_RECORDS; next++) {
      if (table.isPresent(next)) {
        add(next, table, batch);
      }
    }
    return batch;
  }

  private void add(int ordinal, BlobTable table, List<BlobRecord> batch) {
    Hash hash = index.hash(ordinal);
    batch.add(
        new BlobRecord(
            BlobRecord.Kind.SEALED,
            hash,
            table.file(ordinal),
            table.length(ordinal),
            table.sealedSeconds(ordinal),
            table.keep(ordinal)));
    if (table.pinGeneration(ordinal) != 0) {
      batch.add(BlobRecord.pinned(hash, table.pinGeneration(ordinal)));
    }
  }

  /// Writes what was collected.
  void write(List<BlobRecord> batch) {
    fresh.append(batch);
  }

  /// Copies what has come in until now, but for so few records that [#finish] can take them.
  ///
  /// @return false when too much has come in
  boolean catchUp(long records, long blobs) {
    while (records - copied > LAST_RECORDS_MAX) {
      copyTo(records);
    }
    fresh.force();
    return records - begin <= slack(blobs);
  }

  private void copyTo(long records) {
    List<BlobRecord> batch = new ArrayList<>();
    SealLog.readPart(
        disk,
        log.name(),
        copied,
        records,
        (record, _) -> {
          batch.add(record);
          if (batch.size() == SealLog.BATCH_RECORDS) {
            fresh.append(batch);
            batch.clear();
          }
        });
    fresh.append(batch);
    copied = records;
  }

  /// Puts the new log in the place of the old one, under the lock.
  void finish() {
    copyTo(log.records());
    log.replaceBy(fresh);
  }

  /// Gives it up; the old log stays.
  void abandon() {
    fresh.close();
    try {
      disk.delete(fresh.name());
    } catch (IOException e) {
      throw ZeroedFile.unusable(disk.path(fresh.name()), e);
    }
  }
}
