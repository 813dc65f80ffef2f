package io.kogluktualuk.fabric.systemtests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The JVM that runs `kog` with the classes of this test.
///
/// **Threading:** stateless.
final class KogJvm {

  private KogJvm() {}

  /// The command, to which the arguments of `kog` are added.
  ///
  /// @param options of the JVM, besides those that it always needs
  static List<String> command(String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-Xss8m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "io.kogluktualuk.fabric.cli.Main"));
    return command;
  }
}
