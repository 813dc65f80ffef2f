package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.node.config.LogConfig;
import io.kogluktualuk.fabric.units.ByteCount;
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

  /// A process that somebody else has started and whose standard error is kept: warnings go there.
  static void ofStage() {
    LogManager.getLogManager().reset();
    ROOT.setLevel(Level.WARNING);
    System.setProperty("java.util.logging.SimpleFormatter.format", FORMAT);
    ROOT.addHandler(new ConsoleHandler());
  }

  /// A cluster in this process: to `log/kog.N.log` in the state folder, a few files of bounded
  /// length.
  static Path ofServers(Path stateFolder, boolean verbose) {
    ByteCount fileSize = ByteCount.mebibytes(8);
    LogConfig config =
        new LogConfig("text", verbose ? "debug" : "info", stateFolder.resolve("log"), fileSize, 3);
    return ofNode(config, "kog");
  }

  /// One node: as its configuration says.
  ///
  /// @return the file that is written now
  static Path ofNode(LogConfig config, String node) {
    Path folder = config.folder();
    try {
      Files.createDirectories(folder);
      LogManager.getLogManager().reset();
      System.setProperty("java.util.logging.SimpleFormatter.format", FORMAT);
      int bytes = Math.toIntExact(config.fileSize().bytes());
      FileHandler file = new FileHandler(folder + "/kog.%g.log", bytes, config.files(), true);
      file.setFormatter(config.isJson() ? new JsonLines(node) : new SimpleFormatter());
      file.setLevel(Level.ALL);
      ROOT.addHandler(new CountingHandler(file, new Repeats(System::nanoTime)));
      ROOT.setLevel(level(config.level()));
      RATIS.setLevel(config.level().equals("debug") ? Level.INFO : Level.WARNING);
      return folder.resolve("kog.0.log");
    } catch (IOException e) {
      throw new UncheckedIOException("logs cannot be written to " + folder, e);
    }
  }

  private static Level level(String word) {
    return switch (word) {
      case "debug" -> Level.FINE;
      case "info" -> Level.INFO;
      case "warn" -> Level.WARNING;
      case "error" -> Level.SEVERE;
      default -> throw new IllegalArgumentException("no level: " + word);
    };
  }
}
