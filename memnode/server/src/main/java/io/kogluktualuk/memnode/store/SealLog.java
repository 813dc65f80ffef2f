package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.Corruption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// The log of what has happened to blobs: a header of 64 bytes, then records of 64 bytes
/// ([RecordLayout]).
///
/// What [#append] has returned for survives the death of the process, because the kernel has it.
/// It survives the stop of the machine once the kernel has written it, or after [#force].
/// Each record proves itself, so a torn tail is cut and one damaged record costs one blob.
/// Room is allocated ahead by [#ensureRoom], so that appending cannot meet a full disk.
///
/// **Threading:** one thread at a time; under the [StoreLock]. [#force] any thread, but
/// not during [#replaceBy].
/// **Ownership:** owns the open file. **Bound:** twice the blobs and a little, see [LogRewrite].
final class SealLog implements AutoCloseable {

  static final int HEADER_BYTES = RecordLayout.BYTES;

  /// How many records are read or written at a time.
  static final int BATCH_RECORDS = 4096;

  private static final byte[] MAGIC = "KOGSEAL1".getBytes(StandardCharsets.US_ASCII);

  private static final long STEP_BYTES = (long) BATCH_RECORDS * RecordLayout.BYTES;

  private final Disk disk;
  private final String name;

  /// Keeps a file from being closed while it is forced.
  private final Object forcing = new Object();

  private volatile Disk.OpenFile file;
  private long records;
  private long backedBytes;
  private long tornBytes;

  private SealLog(Disk disk, String name, Disk.OpenFile file) {
    this.disk = disk;
    this.name = name;
    this.file = file;
  }

  /// Hears the records of a log.
  interface Listener {
    void heard(BlobRecord record, long number);
  }

  /// Opens or creates the log.
  ///
  /// @throws Corruption when the file is something else
  static SealLog open(Disk disk, String name) {
    try {
      Disk.OpenFile file = disk.open(name);
      SealLog log = new SealLog(disk, name, file);
      log.checkHeader();
      return log;
    } catch (IOException e) {
      throw ZeroedFile.unusable(disk.path(name), e);
    }
  }

  private void checkHeader() throws IOException {
    byte[] header = new byte[HEADER_BYTES];
    int length = file.read(header, 0);
    boolean blank = Arrays.equals(header, new byte[HEADER_BYTES]);
    if (blank && file.length() <= HEADER_BYTES) {
      System.arraycopy(MAGIC, 0, header, 0, MAGIC.length);
      file.write(header, header.length, 0);
      file.force(); // before a region counts: a folder with regions and no log has lost something
    } else if (!Arrays.equals(header, 0, Math.min(length, MAGIC.length), MAGIC, 0, MAGIC.length)) {
      file.close();
      throw new Corruption(
          disk.path(name) + ": expected a log that begins with KOGSEAL1, found another file");
    }
  }

  /// Reads everything, and cuts what follows the last whole record.
  ///
  /// @return how many records before the last whole one are not whole
  long load(Listener listener) {
    try {
      records = 0;
      long damaged = read(0, Long.MAX_VALUE, listener);
      tornBytes = written(position(records));
      file.setLength(position(records));
      backedBytes = position(records);
      return damaged;
    } catch (IOException e) {
      throw ZeroedFile.unusable(disk.path(name), e);
    }
  }

  /// How many bytes behind a position have been written: zeros are room for more records.
  private long written(long from) throws IOException {
    long end = from;
    byte[] buffer = new byte[RecordLayout.BYTES * 64];
    int length = buffer.length;
    for (long at = from; length == buffer.length; at += length) {
      length = file.read(buffer, at);
      for (int i = 0; i < length; i++) {
        end = buffer[i] == 0 ? end : at + i + 1;
      }
    }
    return end - from;
  }

  private long read(long from, long to, Listener listener) throws IOException {
    long damaged = 0;
    long number = from;
    byte[] buffer = new byte[BATCH_RECORDS * RecordLayout.BYTES];
    int length = buffer.length;
    while (length == buffer.length && number < to) {
      length = file.read(buffer, position(number));
      for (int at = 0; at + RecordLayout.BYTES <= length && number < to; number++) {
        BlobRecord record = RecordLayout.read(buffer, at, number);
        at += RecordLayout.BYTES;
        if (record != null) {
          damaged += number - records;
          records = number + 1;
          listener.heard(record, number);
        }
      }
    }
    return damaged;
  }

  /// Allocates room for so many more records than there are.
  ///
  /// @throws io.kogluktualuk.fabric.fault.OutOfSpace when the disk is full; nothing is lost
  void ensureRoom(long more) {
    long end = position(records + more);
    if (end > backedBytes) {
      backedBytes = ZeroedFile.zero(file, disk.path(name), backedBytes, end, end + STEP_BYTES);
    }
  }

  /// Appends a batch with one write.
  ///
  /// @throws io.kogluktualuk.fabric.fault.OutOfSpace when the disk is full: none of the batch
  /// counts
  void append(List<BlobRecord> batch) {
    byte[] bytes = new byte[batch.size() * RecordLayout.BYTES];
    for (int i = 0; i < batch.size(); i++) {
      RecordLayout.write(bytes, i * RecordLayout.BYTES, batch.get(i), records + i);
    }
    try {
      file.write(bytes, bytes.length, position(records));
    } catch (IOException e) {
      // What was written in part lies behind the last counted record, and is overwritten next.
      throw ZeroedFile.full(disk.path(name), bytes.length, e);
    }
    records += batch.size();
    backedBytes = Math.max(backedBytes, position(records));
  }

  /// Has another log, which was written beside this one, in the place of this one. A crash leaves
  /// the one or the other. The other one is not to be used any more.
  void replaceBy(SealLog fresh) {
    fresh.force();
    fresh.close();
    try {
      synchronized (forcing) {
        disk.replace(name, fresh.name);
        file.close();
        file = disk.open(name);
      }
    } catch (IOException e) {
      throw ZeroedFile.unusable(disk.path(name), e);
    }
    records = fresh.records;
    backedBytes = position(records);
  }

  /// Keeps this log as evidence beside whatever is going to replace it.
  void keepAsEvidence() {
    try {
      disk.keep(name, name + ".old");
    } catch (IOException e) {
      throw ZeroedFile.unusable(disk.path(name), e);
    }
  }

  /// How many bytes [#load] has cut that were no whole record.
  long tornBytes() {
    return tornBytes;
  }

  String name() {
    return name;
  }

  long records() {
    return records;
  }

  /// Has everything on the device that was appended.
  void force() {
    try {
      synchronized (forcing) {
        file.force();
      }
    } catch (IOException e) {
      throw ZeroedFile.unusable(disk.path(name), e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw ZeroedFile.unusable(disk.path(name), e);
    }
  }

  private static long position(long record) {
    return HEADER_BYTES + record * RecordLayout.BYTES;
  }

  /// Reads all records of a log, and changes nothing.
  ///
  /// @return how many before the last whole one are not whole
  /// @throws Corruption when the file is something else
  static long readWhole(Disk disk, String name, Listener listener) {
    try (SealLog whole = open(disk, name)) {
      return whole.read(0, Long.MAX_VALUE, listener);
    } catch (IOException e) {
      throw ZeroedFile.unusable(disk.path(name), e);
    }
  }

  /// Reads some records of a log that somebody else may be appending to.
  ///
  /// @param to at most what has been appended
  static void readPart(Disk disk, String name, long from, long to, Listener listener) {
    try (SealLog part = new SealLog(disk, name, disk.open(name))) {
      part.records = from;
      part.read(from, to, listener);
    } catch (IOException e) {
      throw ZeroedFile.unusable(disk.path(name), e);
    }
  }
}
