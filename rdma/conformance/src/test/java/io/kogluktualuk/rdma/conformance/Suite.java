package io.kogluktualuk.rdma.conformance;

import io.kogluktualuk.rdma.provider.Verbs;
import io.kogluktualuk.rdma.provider.VerbsProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// What this run of the suite was asked for, by properties:
///
/// - `kog.rdma.address`: where to listen, see [io.kogluktualuk.fabric.testkit.RdmaAddress].
/// - `kog.rdma.patience`: by how much every deadline is longer; 1 when not given. An emulated
///   machine wants 30 or so.
/// - `kog.rdma.provider`: see [Verbs].
final class Suite {

  private static final double PATIENCE =
      Double.parseDouble(System.getProperty("kog.rdma.patience", "1"));

  private Suite() {}

  /// The data paths that the suite tells apart.
  enum DataPath {
    NATIVE("native"),
    SHARED("shared memory"),
    TCP("TCP");

    private final String word;

    DataPath(String word) {
      this.word = word;
    }

    /// As it is called in the documentation.
    String word() {
      return word;
    }
  }

  static DataPath dataPath() {
    if (Verbs.install().provider() == VerbsProvider.NATIVE) {
      return DataPath.NATIVE;
    }
    return System.getProperty("kog.rdma.provider", "auto").equals("tcp")
        ? DataPath.TCP
        : DataPath.SHARED;
  }

  /// A deadline, on this machine.
  static Duration patient(Duration usual) {
    return Duration.ofNanos((long) (usual.toNanos() * PATIENCE));
  }

  static int patientMillis(int usual) {
    return (int) (usual * PATIENCE);
  }

  /// How much memory can be had without pushing something else out; 0 when not known.
  static long availableBytes() {
    try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
      return lines
          .filter(line -> line.startsWith("MemAvailable:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
