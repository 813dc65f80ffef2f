package io.kogluktualuk.fabric.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// How slow the disk of a process is and how wrong its clock, set while it runs; see
/// `src/test/c/slow-disk-odd-clock.c`, which is preloaded into it.
///
/// ```
///  0               8              16              24
/// ┌───────────────┬───────────────┬───────────────┐
/// │ delay µs      │ clock ± ns    │ obeyed, times │ little-endian
/// └───────────────┴───────────────┴───────────────┘
/// ```
/// The last is counted by the process.
///
/// **Threading:** any thread.
final class Dials {

  private static final int BYTES = 24;
  private static final int OBEYED_OFFSET = 16;
  private static final Path SOURCE = Path.of("src/test/c/slow-disk-odd-clock.c");

  private final Path library;
  private final Path file;

  private Dials(Path library, Path file) {
    this.library = library;
    this.file = file;
  }

  /// Whether there is a C compiler.
  static boolean isAvailable() {
    try {
      SystemCommand.run(List.of("gcc", "--version"));
      return true;
    } catch (AssertionError e) {
      return false; // none, which is the answer
    }
  }

  /// Compiles the library into a folder.
  static Path compile(Path folder) {
    Path library = folder.resolve("libslow-disk-odd-clock.so");
    SystemCommand.run(
        List.of(
            "gcc",
            "-O2",
            "-Wall",
            "-Werror",
            "-shared",
            "-fPIC",
            "-D_FILE_OFFSET_BITS=32",
            "-o",
            library.toString(),
            SOURCE.toAbsolutePath().toString(),
            "-ldl"));
    return library;
  }

  /// Dials for one process, at zero.
  static Dials of(Path library, Path file) {
    Dials dials = new Dials(library, file);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, new byte[BYTES]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return dials;
  }

  /// What the process is to be started with.
  Map<String, String> environment() {
    return Map.of("LD_PRELOAD", library.toString(), "KOG_FAULT_DIALS", file.toString());
  }

  void set(Duration delay, Duration clock) {
    ByteBuffer bytes = ByteBuffer.allocate(OBEYED_OFFSET).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(delay.toNanos() / 1000).putLong(clock.toNanos()).flip();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(bytes, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// How often the process has waited, or been told a wrong time.
  long obeyed() {
    try {
      return ByteBuffer.wrap(Files.readAllBytes(file))
          .order(ByteOrder.LITTLE_ENDIAN)
          .getLong(OBEYED_OFFSET);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
