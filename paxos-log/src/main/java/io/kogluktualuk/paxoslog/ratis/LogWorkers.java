package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The threads of one server that write its logs, and those that keep their caches small, which
/// need help when it closes.
///
/// Writers sit out their poll of one second. Nothing is pending then: all that was acknowledged is
/// flushed. So they are woken.
///
/// A log that closes waits for the thread of its cache while it has the lock that this one may be
/// waiting for just then: as when a new leader's first entry comes to the old one that is closing.
/// Neither goes on then (Ratis 3.3). So that thread is ended before.
///
/// To do so to a server that goes on would stop its log for good, and names do not tell servers
/// apart: a process may have several of one name, one after the other or at once. So a server's
/// logs are started in a thread group of its own, which their threads inherit.
///
/// **Threading:** any thread.
final class LogWorkers {

  /// An idle server needs less to come to the point where it waits for its log worker.
  private static final Duration WAKE_AFTER = Duration.ofMillis(50);

  private static final int WAKE_ATTEMPTS_MAX = 20;
  static final String WRITER_ENDS_WITH = "-SegmentedRaftLogWorker";
  static final String CACHE_ENDS_WITH = "-cacheEviction-AwaitToRun";

  /// It has nothing to do but to drop what is cached; not to end by then would be a fault, and
  /// waiting for ever a worse one.
  private static final Duration CACHE_ENDS_WITHIN = Duration.ofSeconds(10);

  private final ThreadGroup group;

  /// @param server for people
  LogWorkers(String server) {
    group = new ThreadGroup("paxos-log-" + server);
  }

  /// Does something that may start such threads, and waits for its end.
  void start(Runnable task) throws InterruptedException {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .group(group)
            .daemon()
            .name("paxos-log-start")
            .uncaughtExceptionHandler((_, problem) -> failure.set(problem))
            .start(task);
    thread.join();
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  /// Closes a server, and wakes its writers meanwhile; when this returns nobody is woken any more.
  void close(Runnable close) {
    endCaches();
    Thread waker = Thread.ofPlatform().daemon().name("paxos-log-waker").start(this::wake);
    try {
      close.run();
    } finally {
      waker.interrupt();
      joinUninterruptibly(waker);
    }
  }

  private void endCaches() {
    List<Thread> caches = threads(CACHE_ENDS_WITH);
    caches.forEach(Thread::interrupt);
    Deadline deadline = Deadline.after(CACHE_ENDS_WITHIN);
    try {
      for (Thread cache : caches) {
        cache.join(deadline.remaining());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void wake() {
    for (int i = 0; i < WAKE_ATTEMPTS_MAX && !Thread.interrupted(); i++) {
      LockSupport.parkNanos(WAKE_AFTER.toNanos());
      for (Thread writer : threads(WRITER_ENDS_WITH)) {
        if (writer.getState() == Thread.State.TIMED_WAITING) {
          writer.interrupt();
        }
      }
    }
  }

  private List<Thread> threads(String nameEndsWith) {
    Thread[] threads = new Thread[group.activeCount() + 16];
    int count = group.enumerate(threads);
    return Arrays.stream(threads, 0, count)
        .filter(thread -> thread.getName().endsWith(nameEndsWith))
        .toList();
  }

  private static void joinUninterruptibly(Thread thread) {
    boolean isInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
