package io.kogluktualuk.fabric.cli;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/// Hands log lines on, but warnings and errors that repeat as a count only, see [Repeats]. Two are
/// equal when they differ in numbers alone.
///
/// **Threading:** any thread; one at a time goes through. **Ownership:** closes the handler behind
/// it.
final class CountingHandler extends Handler {

  private final Handler behind;
  private final Repeats repeats;

  CountingHandler(Handler behind, Repeats repeats) {
    this.behind = behind;
    this.repeats = repeats;
  }

  @Override
  public synchronized void publish(LogRecord record) {
    for (Repeats.Left left : repeats.due()) {
      behind.publish(summary(left));
    }
    boolean isCounted = record.getLevel().intValue() >= Level.WARNING.intValue();
    if (!isCounted || repeats.admit(key(record))) {
      behind.publish(record);
    }
  }

  private static String key(LogRecord record) {
    return record.getLoggerName()
        + ": "
        + String.valueOf(record.getMessage()).replaceAll("\\d+", "#");
  }

  private static LogRecord summary(Repeats.Left left) {
    LogRecord record =
        new LogRecord(Level.WARNING, left.count() + " more like this: " + left.key());
    record.setLoggerName(CountingHandler.class.getName());
    return record;
  }

  @Override
  public void flush() {
    behind.flush();
  }

  @Override
  public void close() {
    behind.close();
  }
}
