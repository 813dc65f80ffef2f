package io.kogluktualuk.fabric.systemtests;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The threads of this process, virtual ones too, that work for a call of a client.
///
/// **Threading:** stateless.
final class ClientThreads {

  private static final Pattern OF_CALLS =
      Pattern.compile(
          "\"(kog-(?:put|get|source|run|cancel|run-watch|root-watch))\"", Pattern.MULTILINE);

  private ClientThreads() {}

  /// Their names, each as often as there are such threads.
  static List<String> running() {
    try {
      Path folder = Files.createTempDirectory("kog-threads");
      Path dump = folder.resolve("dump");
      try {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .dumpThreads(dump.toString(), ThreadDumpFormat.JSON);
        return OF_CALLS
            .matcher(Files.readString(dump))
            .results()
            .map((MatchResult found) -> found.group(1))
            .toList();
      } finally {
        Files.deleteIfExists(dump);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
