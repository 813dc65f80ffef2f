package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The threads that bring blobs back to memory. They wait for the device in page faults, so they
/// are platform threads, and others than those that verify what is put.
///
/// **Threading:** any thread. **Ownership:** owns its threads. **Bound:** [#TURNS] promotions at
/// a time, first come, first served; the others wait, and who wants what they have just brought
/// back finds it there. **Errors:** [Unavailable] when one's turn does not come within the
/// patience, [OutOfSpace] when no room does.
final class Promoters implements AutoCloseable {

  /// Far longer than it takes to fill the whole memory tier from a slow disk, in parts.
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int TURNS = 2;
  private static final int THREADS = 2;

  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long changes;

  private final Semaphore turns = new Semaphore(TURNS, true);
  private final ExecutorService pool =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().daemon().name("memnode-promote-", 0).factory());

  /// @param patience for a turn, and for room
  Promoters(Duration patience) {
    this.patience = patience;
  }

  /// Room in memory may have come free, or may be taken from others now.
  void roomChanged() {
    lock.lock();
    try {
      changes++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Tries again with each change until it succeeds.
  ///
  /// @param attempt says whether there was room
  /// @throws OutOfSpace as `none` says, when there is none for too long
  void untilRoom(BooleanSupplier attempt, Supplier<OutOfSpace> none) {
    long end = System.nanoTime() + patience.toNanos();
    long seen = changes();
    while (!attempt.getAsBoolean()) {
      seen = awaitChange(seen, end, none);
    }
  }

  private long changes() {
    lock.lock();
    try {
      return changes;
    } finally {
      lock.unlock();
    }
  }

  private long awaitChange(long seen, long end, Supplier<OutOfSpace> none) {
    lock.lock();
    try {
      while (changes == seen) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          throw none.get();
        }
        long _ = changed.awaitNanos(left);
      }
      return changes;
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  /// Does something when its turn comes.
  void inTurn(Runnable promotion) {
    try {
      if (!turns.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new Unavailable("the memory node is busy bringing other blobs back to memory");
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    try {
      promotion.run();
    } finally {
      turns.release();
    }
  }

  /// The answers of some tasks. None of them runs any more, unless the node is being stopped.
  List<Boolean> run(List<Callable<Boolean>> tasks) {
    List<Future<Boolean>> done;
    try {
      done = pool.invokeAll(tasks);
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (RejectedExecutionException e) {
      throw new AlreadyClosed("the memory node's store is closed", e);
    }
    List<Boolean> answers = new ArrayList<>(done.size());
    for (Future<Boolean> each : done) {
      answers.add(answer(each));
    }
    return answers;
  }

  /// A file that cannot be read is no intact copy.
  private static boolean answer(Future<Boolean> done) {
    try {
      return done.get();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw new Unavailable("a blob's copy in the file tier cannot be read", e.getCause());
    }
  }

  private static Unavailable interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new Unavailable("the memory node is stopping: interrupted", e);
  }

  @Override
  public void close() {
    pool.close();
  }
}
