package io.kogluktualuk.fabric.demo.photos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What processes have of the machine's memory for themselves, as Linux tells: what they share
/// (the JVM's own code, the fabric's arenas) is not in it.
///
/// **Threading:** stateless.
final class ProcessMemory {

  private static final String LINE = "RssAnon:";

  private ProcessMemory() {}

  /// Bytes; 0 for a process that is gone, and where nobody tells.
  static long of(long pid) {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    try {
      return parse(Files.readAllLines(status));
    } catch (IOException e) {
      return 0; // it has ended meanwhile
    }
  }

  static long parse(List<String> status) {
    return status.stream()
        .filter(line -> line.startsWith(LINE))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .filter(digits -> !digits.isEmpty() && digits.length() < 16)
        .mapToLong(digits -> Long.parseLong(digits) * 1024)
        .findFirst()
        .orElse(0);
  }
}
