package io.kogluktualuk.memnode.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What Soft-RoCE devices of this host have counted, all together.
///
/// Other adapters count under other names; of those there is nothing here.
record AdapterCounters(Map<String, Long> values) {

  private static final Path DEVICES = Path.of("/sys/class/infiniband");

  static AdapterCounters now() throws IOException {
    Map<String, Long> sums = new TreeMap<>();
    if (Files.isDirectory(DEVICES)) {
      try (Stream<Path> devices = Files.list(DEVICES)) {
        for (Path device :
            devices.filter(d -> d.getFileName().toString().startsWith("rxe")).toList()) {
          add(device.resolve("ports/1/hw_counters"), sums);
        }
      }
    }
    return new AdapterCounters(sums);
  }

  private static void add(Path folder, Map<String, Long> sums) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String text = Files.readString(file).strip();
        sums.merge(file.getFileName().toString(), Long.parseLong(text), Long::sum);
      }
    }
  }

  boolean isThere() {
    return !values.isEmpty();
  }

  /// What has been counted since `earlier`.
  AdapterCounters since(AdapterCounters earlier) {
    Map<String, Long> differences = new TreeMap<>();
    values.forEach(
        (name, value) -> differences.put(name, value - earlier.values().getOrDefault(name, 0L)));
    return new AdapterCounters(differences);
  }

  long get(String name) {
    return values.getOrDefault(name, 0L);
  }
}
