package io.kogluktualuk.fabric.systemtests;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// What faults do to files.
///
/// **Threading:** stateless; one thread.
final class DiskBits {

  private static final int CHUNK = 1 << 20;
  private static final int LEAST = 256;

  private DiskBits() {}

  /// Takes all room that the disk of a folder has.
  ///
  /// @return the file that has it
  static Path fill(Path folder) throws IOException {
    Path filler = folder.resolve("filler");
    try (RandomAccessFile file = new RandomAccessFile(filler.toFile(), "rw")) {
      byte[] chunk = new byte[CHUNK];
      for (int size = CHUNK; size >= 4096; size /= 2) {
        fillBy(file, chunk, size);
      }
    }
    return filler;
  }

  private static void fillBy(RandomAccessFile file, byte[] chunk, int size) {
    try {
      while (true) {
        file.write(chunk, 0, size);
      }
    } catch (IOException _) {
      return; // it is full, to such a piece
    }
  }

  /// Flips one bit in the first half of what was written.
  static void flip(Path path, RandomGenerator random) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      long end = written(file);
      if (end < LEAST) {
        throw new AssertionError(path + " has only " + end + " bytes");
      }
      long at = random.nextLong(64, end / 2);
      file.seek(at);
      int old = file.read();
      file.seek(at);
      file.write(old ^ 1 << random.nextInt(8));
    }
  }

  /// Where the zeros at the end of a file begin.
  static long written(RandomAccessFile file) throws IOException {
    byte[] chunk = new byte[64 << 10];
    for (long end = file.length(); end > 0; ) {
      int part = (int) Math.min(chunk.length, end);
      file.seek(end - part);
      file.readFully(chunk, 0, part);
      for (int i = part - 1; i >= 0; i--) {
        if (chunk[i] != 0) {
          return end - part + i + 1;
        }
      }
      end -= part;
    }
    return 0;
  }

  /// All but the configuration and what was logged.
  static void wipe(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        String first = folder.relativize(path).getName(0).toString();
        if (!List.of("", "kog.conf", "log").contains(first)) {
          Files.delete(path);
        }
      }
    }
  }

  /// The file below a folder that was written last, of those with a prefix.
  static Path newest(Path folder, String prefix) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(path -> path.getFileName().toString().startsWith(prefix))
          // A snapshot that is being written is nothing yet, and is thrown away by a start.
          .filter(path -> !path.toString().matches(".*\\.(md5|tmp)"))
          .max(Comparator.comparingLong(path -> path.toFile().lastModified()))
          .orElseThrow(() -> new IOException(folder + " has no file " + prefix + "*"));
    }
  }

  /// Whether there is one. While the node runs, files come and go.
  static boolean has(Path folder, String prefix) {
    try {
      newest(folder, prefix);
      return true;
    } catch (IOException | UncheckedIOException _) {
      return false; // not yet
    }
  }
}
