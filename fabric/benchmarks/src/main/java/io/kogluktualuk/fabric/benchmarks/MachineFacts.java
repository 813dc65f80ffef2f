package io.kogluktualuk.fabric.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the figures were measured on, in a line.
///
/// **Threading:** stateless.
final class MachineFacts {

  private MachineFacts() {}

  static String line() {
    return "%s, %d cores, Linux %s, Java %s, load %s"
        .formatted(
            processor(),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.version"),
            Runtime.version(),
            firstWords("/proc/loadavg"));
  }

  private static String processor() {
    try {
      return Files.readString(Path.of("/proc/cpuinfo"))
          .lines()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  private static String firstWords(String file) {
    try {
      String[] words = Files.readString(Path.of(file)).split(" ");
      return words[0];
    } catch (IOException e) {
      return "unknown";
    }
  }
}
