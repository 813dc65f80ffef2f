package io.kogluktualuk.fabric.systemtests;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// The end of the log of a control node that does not run: the file that it wrote last.
///
/// ```
/// ┌────────┬──────────────┬──────────┬──────┬─────────┬───────────────────────┐
/// │RaftLog1│length, varint│ an entry │ CRC 4│ …       │ zeros, allocated ahead│
/// └────────┴──────────────┴──────────┴──────┴─────────┴───────────────────────┘
/// ```
///
/// **Threading:** one thread.
///
/// @param ends where each entry ends; the first is the end of the header
record LogTail(Path file, List<Long> ends) {

  private static final byte[] MAGIC = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
  private static final int CRC_BYTES = 4;

  static LogTail of(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (!Arrays.equals(bytes, 0, Math.min(bytes.length, MAGIC.length), MAGIC, 0, MAGIC.length)) {
      throw new IOException(file + " does not begin with RaftLog1");
    }
    List<Long> ends = new ArrayList<>(List.of((long) MAGIC.length));
    for (int end = end(bytes, MAGIC.length); end > 0; end = end(bytes, end)) {
      ends.add((long) end);
    }
    return new LogTail(file, List.copyOf(ends));
  }

  /// Where the entry ends that begins at a position; -1 when no whole one does.
  private static int end(byte[] bytes, int begin) {
    int length = 0;
    int at = begin;
    for (int shift = 0; at < bytes.length; shift += 7) {
      byte next = bytes[at++];
      length |= (next & 0x7f) << shift;
      if (next >= 0) {
        break;
      }
    }
    return length == 0 || length > bytes.length - CRC_BYTES - at ? -1 : at + length + CRC_BYTES;
  }

  /// How many entries it has.
  int entries() {
    return ends.size() - 1;
  }

  /// Leaves the beginning of one more entry, whose write was not finished, and which nobody can
  /// have counted on.
  void tear(RandomGenerator random) throws IOException {
    byte[] part = new byte[random.nextInt(1, 200)];
    random.nextBytes(part);
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "rw")) {
      log.setLength(ends.getLast());
      log.seek(ends.getLast());
      log.write(new byte[] {(byte) 0xac, 0x02}); // 300 bytes were to follow
      log.write(part);
    }
  }

  /// Takes entries away, as if they had never been written.
  void shorten(int entries) throws IOException {
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "rw")) {
      log.setLength(ends.get(entries() - entries));
    }
  }
}
