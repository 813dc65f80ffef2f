package io.kogluktualuk.paxoslog.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How threads are ended that Ratis leaves waiting.
@Timeout(120)
final class LogWorkersTest {

  private final LogWorkers own = new LogWorkers("c0");
  private final LogWorkers namesakes = new LogWorkers("c0");

  /// Starts a thread that waits until it is interrupted.
  private static Thread waiting(LogWorkers of, String name) throws InterruptedException {
    AtomicReference<Thread> started = new AtomicReference<>();
    of.start(
        () ->
            started.set(
                Thread.ofPlatform().daemon().name(name).start(LogWorkersTest::waitForAnHour)));
    return started.get();
  }

  private static void waitForAnHour() {
    try {
      assertFalse(new CountDownLatch(1).await(1, TimeUnit.HOURS));
    } catch (InterruptedException _) {
      // It ends.
    }
  }

  @Test
  void theCacheOfALogEndsBeforeItIsClosed() throws Exception {
    Thread cache = waiting(own, "c0@log" + LogWorkers.CACHE_ENDS_WITH);
    Thread others = waiting(namesakes, "c0@log" + LogWorkers.CACHE_ENDS_WITH);
    AtomicBoolean wasAlive = new AtomicBoolean(true);
    own.close(() -> wasAlive.set(cache.isAlive()));
    assertFalse(wasAlive.get(), "it could wait for the lock of the log that waits for it");
    assertTrue(others.isAlive(), "another server goes on");
    others.interrupt();
  }

  @Test
  void writersAreWokenWhileTheServerCloses() throws Exception {
    Thread writer = waiting(own, "c0@log" + LogWorkers.WRITER_ENDS_WITH);
    Thread others = waiting(namesakes, "c0@log" + LogWorkers.WRITER_ENDS_WITH);
    own.close(
        () -> {
          try {
            writer.join();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    assertTrue(others.isAlive(), "another server goes on");
    others.interrupt();
  }

  @Test
  void whatAStartThrowsIsThrown() {
    IllegalStateException thrown =
        assertThrows(
            IllegalStateException.class,
            () ->
                own.start(
                    () -> {
                      throw new IllegalStateException("so");
                    }));
    assertEquals("so", thrown.getMessage());
  }
}
