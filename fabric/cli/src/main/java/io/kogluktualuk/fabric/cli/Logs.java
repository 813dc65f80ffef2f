package io.kogluktualuk.fabric.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.ConsoleHandler;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// Where log lines go: to nobody, to standard error, or to files in the state folder.
///
/// **Threading:** one thread, at the start of the process.
final class Logs {

  private static final int FILE_BYTES = 8 << 20;
  private static final int FILES = 3;
  private static final String FORMAT = "%1$tFT%1$tT.%1$tL%1$tz %4$s %3$s: %5$s%6$s%n";

  /// Levels are forgotten when nobody holds their logger.
  private static final Logger ROOT = Logger.getLogger("");

  private static final Logger RATIS = Logger.getLogger("org.apache.ratis");

  private Logs() {}

  /// A client: warnings are for `--verbose` only, errors are thrown.
  static void ofClient(boolean verbose) {
    LogManager.getLogManager().reset();
    ROOT.setLevel(verbose ? Level.INFO : Level.OFF);
    if (verbose) {
      System.setProperty("java.util.logging.SimpleFormatter.format", FORMAT);
      Handler handler = new ConsoleHandler();
      handler.setLevel(Level.ALL);
      ROOT.addHandler(handler);
    }
  }

  /// Servers: to `log/kog.N.log` in the state folder, a few files of bounded length.
  static Path ofServers(Path stateFolder, boolean verbose) {
    Path folder = stateFolder.resolve("log");
    try {
      Files.createDirectories(folder);
      LogManager.getLogManager().reset();
      System.setProperty("java.util.logging.SimpleFormatter.format", FORMAT);
      FileHandler handler = new FileHandler(folder + "/kog.%g.log", FILE_BYTES, FILES, true);
      handler.setFormatter(new SimpleFormatter());
      handler.setLevel(Level.ALL);
      ROOT.addHandler(handler);
      ROOT.setLevel(verbose ? Level.FINE : Level.INFO);
      RATIS.setLevel(verbose ? Level.INFO : Level.WARNING);
      return folder.resolve("kog.0.log");
    } catch (IOException e) {
      throw new UncheckedIOException("logs cannot be written to " + folder, e);
    }
  }
}
