package io.kogluktualuk.fabric.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/// Log lines as JSON, and as counts when they repeat.
final class LogLinesTest {

  private final AtomicLong now = new AtomicLong();

  @Test
  void aLineIsOneObject() {
    LogRecord record = new LogRecord(Level.WARNING, "a \"b\"\nc");
    record.setLoggerName("x.Y");
    record.setInstant(Instant.parse("2026-01-02T03:04:05.6Z"));
    String line = new JsonLines("memory-1").format(record);
    assertTrue(
        line.startsWith(
            "{\"time\":\"2026-01-02T03:04:05.600Z\",\"level\":\"warn\",\"node\":\"memory-1\","
                + "\"logger\":\"x.Y\",\"thread\":\""),
        line);
    assertTrue(line.endsWith("\"message\":\"a \\\"b\\\"\\nc\",\"exception\":null}\n"), line);
    assertEquals(1, line.lines().count());
  }

  @Test
  void anExceptionIsPartOfItsLine() {
    LogRecord record = new LogRecord(Level.SEVERE, "m");
    record.setThrown(new IllegalStateException("why"));
    String line = new JsonLines("n").format(record);
    assertTrue(line.contains("\"exception\":\"java.lang.IllegalStateException: why\\n"), line);
    assertEquals(1, line.lines().count());
  }

  @Test
  void repeatedWarningsAreCounted() {
    List<String> written = new ArrayList<>();
    CountingHandler handler = new CountingHandler(collecting(written), new Repeats(now::get));
    for (int i = 0; i < 5; i++) {
      handler.publish(record(Level.WARNING, "lost " + i + " of them"));
      handler.publish(record(Level.INFO, "said " + i));
    }
    assertEquals(1, written.stream().filter(line -> line.startsWith("lost")).count());
    assertEquals(5, written.stream().filter(line -> line.startsWith("said")).count());
    now.set(Repeats.WINDOW_NANOS);
    handler.publish(record(Level.WARNING, "lost 9 of them"));
    assertEquals("4 more like this: logger: lost # of them", written.get(6));
    assertEquals("lost 9 of them", written.get(7));
  }

  @Test
  void soManyMessagesAreRememberedAndNoMore() {
    Repeats repeats = new Repeats(now::get);
    assertTrue(repeats.admit("first"));
    assertFalse(repeats.admit("first"));
    for (int i = 0; i < Repeats.KEYS_MAX; i++) {
      assertTrue(repeats.due().isEmpty());
      assertTrue(repeats.admit("other " + i));
    }
    assertEquals(List.of(new Repeats.Left("first", 1)), repeats.due());
    assertTrue(repeats.admit("first"));
  }

  private static LogRecord record(Level level, String message) {
    LogRecord record = new LogRecord(level, message);
    record.setLoggerName("logger");
    return record;
  }

  private static Handler collecting(List<String> written) {
    return new Handler() {
      @Override
      public void publish(LogRecord record) {
        written.add(record.getMessage());
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }
}
