package io.kogluktualuk.fabric.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/// Log lines as JSON objects: `time` (RFC 3339, UTC), `level`, `node`, `logger`, `thread`,
/// `message`, and `exception` when there is one.
///
/// **Threading:** any thread.
final class JsonLines extends Formatter {

  private static final int TEXT_CHARS_MAX = 16_384;

  private final String node;

  JsonLines(String node) {
    this.node = node;
  }

  @Override
  public String format(LogRecord record) {
    return new Json()
            .with("time", record.getInstant().toString())
            .with("level", level(record.getLevel()))
            .with("node", node)
            .with("logger", record.getLoggerName())
            .with("thread", Thread.currentThread().getName())
            .with("message", cut(formatMessage(record)))
            .with("exception", exception(record.getThrown()))
            .toLine()
        + "\n";
  }

  /// The words of the configuration.
  static String level(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return "error";
    }
    if (value >= Level.WARNING.intValue()) {
      return "warn";
    }
    return value >= Level.INFO.intValue() ? "info" : "debug";
  }

  private static @Nullable String exception(@Nullable Throwable thrown) {
    if (thrown == null) {
      return null;
    }
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    return cut(trace.toString());
  }

  private static String cut(String text) {
    return text.length() <= TEXT_CHARS_MAX ? text : text.substring(0, TEXT_CHARS_MAX) + "…";
  }
}
