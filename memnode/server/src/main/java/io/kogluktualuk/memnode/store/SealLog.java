package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.Corruption;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The log of sealed blobs: a header of 64 bytes, then records of 64 bytes ([SealRecord]).
///
/// What [#append] has returned for survives the death of the process, because the kernel has it.
/// It survives the stop of the machine once the kernel has written it, or after [#force].
/// Each record proves itself, so a torn tail is cut and one damaged record costs one blob.
/// Room is allocated ahead by [#ensureRoom], so that appending cannot meet a full disk.
///
/// **Threading:** one thread at a time; [MemoryStore] holds its lock.
/// **Ownership:** owns the open file. **Bound:** the index's number of blobs.
final class SealLog implements AutoCloseable {

  static final int HEADER_BYTES = SealRecord.BYTES;

  private static final byte[] MAGIC = "KOGSEAL1".getBytes(StandardCharsets.US_ASCII);

  /// 4,096 records.
  private static final long STEP_BYTES = 4096L * SealRecord.BYTES;

  private static final int READ_RECORDS = 4096;

  private final Path path;
  private RandomAccessFile file;
  private long records;
  private long backedBytes;

  private SealLog(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /// What a log held when it was opened.
  ///
  /// @param blobs the blobs of the whole records, in order
  /// @param damaged records before the last whole one that are not whole
  record Contents(List<SealedBlob> blobs, long damaged) {}

  /// Opens or creates the log.
  ///
  /// @throws Corruption when the file is something else
  static SealLog open(Path path) {
    try {
      RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
      SealLog log = new SealLog(path, file);
      log.checkHeader();
      return log;
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
  }

  private void checkHeader() throws IOException {
    byte[] header = new byte[HEADER_BYTES];
    int length = readFully(header, 0);
    boolean blank = Arrays.equals(header, new byte[HEADER_BYTES]);
    if (blank && file.length() <= HEADER_BYTES) {
      System.arraycopy(MAGIC, 0, header, 0, MAGIC.length);
      write(header, 0);
    } else if (!Arrays.equals(header, 0, Math.min(length, MAGIC.length), MAGIC, 0, MAGIC.length)) {
      file.close();
      throw new Corruption(path + ": expected a log that begins with KOGSEAL1, found another file");
    }
  }

  /// Reads everything, and cuts what follows the last whole record.
  Contents load() {
    List<SealedBlob> blobs = new ArrayList<>();
    long damaged = 0;
    long number = 0;
    records = 0;
    byte[] buffer = new byte[READ_RECORDS * SealRecord.BYTES];
    try {
      int length;
      do {
        length = readFully(buffer, position(number));
        for (int at = 0; at + SealRecord.BYTES <= length; at += SealRecord.BYTES, number++) {
          SealedBlob blob = SealRecord.read(buffer, at, number);
          if (blob != null) {
            damaged += number - records;
            records = number + 1;
            blobs.add(blob);
          }
        }
      } while (length == buffer.length);
      file.setLength(position(records));
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
    backedBytes = position(records);
    return new Contents(blobs, damaged);
  }

  /// Allocates room for so many more records than there are.
  ///
  /// @throws io.kogluktualuk.fabric.fault.OutOfSpace when the disk is full; nothing is lost
  void ensureRoom(long more) {
    long end = position(records + more);
    if (end > backedBytes) {
      backedBytes = ZeroedFile.zero(file, path, backedBytes, end, end + STEP_BYTES);
    }
  }

  /// Appends a batch with one write.
  ///
  /// @throws io.kogluktualuk.fabric.fault.OutOfSpace when the disk is full: none of the batch
  /// counts
  void append(List<SealedBlob> blobs) {
    byte[] bytes = new byte[blobs.size() * SealRecord.BYTES];
    for (int i = 0; i < blobs.size(); i++) {
      SealRecord.write(bytes, i * SealRecord.BYTES, blobs.get(i), records + i);
    }
    try {
      write(bytes, position(records));
    } catch (IOException e) {
      // What was written in part lies behind the last counted record, and is overwritten next.
      throw ZeroedFile.full(path, bytes.length, e);
    }
    records += blobs.size();
    backedBytes = Math.max(backedBytes, position(records));
  }

  /// Replaces the log by one with exactly these blobs; a crash leaves the old or the new one. The
  /// old one stays beside it as evidence, until the next time.
  void rewrite(List<SealedBlob> blobs) {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    try {
      Files.deleteIfExists(fresh);
      try (SealLog log = open(fresh)) {
        for (int from = 0; from < blobs.size(); from += READ_RECORDS) {
          log.append(blobs.subList(from, Math.min(blobs.size(), from + READ_RECORDS)));
        }
        log.force();
      }
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      file.close();
      file = new RandomAccessFile(path.toFile(), "rw");
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
    records = blobs.size();
    backedBytes = position(records);
  }

  long records() {
    return records;
  }

  void force() {
    try {
      file.getFD().sync();
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
  }

  private static long position(long record) {
    return HEADER_BYTES + record * SealRecord.BYTES;
  }

  private int readFully(byte[] target, long from) throws IOException {
    file.seek(from);
    int length = 0;
    int more;
    while ((more = file.read(target, length, target.length - length)) > 0) {
      length += more;
    }
    return length;
  }

  private void write(byte[] source, long to) throws IOException {
    file.seek(to);
    file.write(source);
  }
}
