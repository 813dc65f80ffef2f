package io.kogluktualuk.fabric.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// Runs commands in this process, with a state folder of their own.
///
/// **Threading:** one thread.
final class CliRun {

  private final Path folder;

  /// What a command did.
  record Result(int exit, byte[] bytes, String err) {
    /// Standard output as text.
    String out() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /// @param folder what relative paths are relative to; the state folder is `home` in it
  CliRun(Path folder) {
    this.folder = folder;
  }

  Path home() {
    return folder.resolve("home");
  }

  Terminal terminal() {
    return terminal(new byte[0], new ByteArrayOutputStream(), new ByteArrayOutputStream());
  }

  Result run(String... args) {
    return runWithInput(new byte[0], args);
  }

  Result runWithInput(byte[] input, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit = Cli.run(terminal(input, out, err), args);
    return new Result(exit, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }

  private Terminal terminal(byte[] input, ByteArrayOutputStream out, ByteArrayOutputStream err) {
    return new Terminal(
        new ByteArrayInputStream(input),
        out,
        new PrintStream(err, true, StandardCharsets.UTF_8),
        Map.of("KOG_HOME", home().toString()),
        folder,
        false,
        false);
  }
}
