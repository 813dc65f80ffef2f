package io.kogluktualuk.fabric.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads of a stage: lanes, each of which does one thing after the other.
///
/// Lanes either share one queue, or have one each: then what has the same key goes to the same
/// lane, and so stays in order.
///
/// **Threading:** any thread. **Bound:** the stage's window bounds what waits.
///
/// @param <T> what is done
final class Lanes<T> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

  /// One lane, for its worker: between [#begin] and [#end] it is watched, and interrupted when the
  /// lanes are closed. At other times it is not: a put that is broken off may leave something held.
  static final class Lane {

    private final Thread thread;
    private long sinceNanos;
    private boolean isBusy;
    private boolean isOverdue;
    private boolean isIdle;
    private boolean isClosing;

    Lane(Thread thread) {
      this.thread = thread;
    }

    synchronized void begin(long nowNanos) {
      sinceNanos = nowNanos;
      isBusy = true;
      isOverdue = false;
      if (isClosing) {
        thread.interrupt();
      }
    }

    /// @return whether it took too long and was interrupted
    synchronized boolean end() {
      isBusy = false;
      boolean wasOverdue = isOverdue;
      if (wasOverdue || isClosing) {
        Thread.interrupted(); // it was meant for what has ended
      }
      return wasOverdue;
    }

    /// @return whether it goes on
    private synchronized boolean idle(boolean is) {
      isIdle = is;
      return !isClosing;
    }

    private synchronized void close() {
      isClosing = true;
      if (isIdle || isBusy) {
        thread.interrupt();
      }
    }

    synchronized void interruptSince(long beforeNanos) {
      if (isBusy && sinceNanos - beforeNanos < 0) {
        isOverdue = true;
        thread.interrupt();
      }
    }
  }

  private final List<BlockingQueue<T>> queues = new ArrayList<>();
  private final List<Lane> lanes = new ArrayList<>();
  private final BiConsumer<Lane, T> worker;

  /// @param isKeyed whether each lane has a queue of its own
  Lanes(String name, int count, boolean isKeyed, BiConsumer<Lane, T> worker) {
    this.worker = worker;
    for (int i = 0; i < count; i++) {
      if (queues.isEmpty() || isKeyed) {
        queues.add(new LinkedBlockingQueue<>());
      }
      BlockingQueue<T> queue = queues.getLast();
      int index = i;
      lanes.add(
          new Lane(Thread.ofVirtual().name(name + "-" + i).unstarted(() -> work(index, queue))));
    }
  }

  void start() {
    lanes.forEach(lane -> lane.thread.start());
  }

  private void work(int index, BlockingQueue<T> queue) {
    Lane lane = lanes.get(index);
    try {
      while (lane.idle(true)) {
        T next = queue.take();
        if (!lane.idle(false)) {
          return;
        }
        work(lane, next);
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  private void work(Lane lane, T what) {
    try {
      worker.accept(lane, what);
    } catch (RuntimeException e) {
      LOG.error("{}: {} was not dealt with to its end", lane.thread.getName(), what, e);
    }
  }

  /// Adds what is to be done, behind everything with the same key.
  void add(int key, T what) {
    queues.get(Math.floorMod(key, queues.size())).add(what);
  }

  /// Interrupts those that have been busy since before then.
  void interruptSince(long beforeNanos) {
    lanes.forEach(lane -> lane.interruptSince(beforeNanos));
  }

  /// Ends them when they are through with what they do; handlers are interrupted.
  @Override
  public void close() {
    lanes.forEach(Lane::close);
  }

  /// Waits for the end of those that were closed.
  ///
  /// @return false when the patience was not enough
  boolean awaitEnd(Duration patience) {
    long untilNanos = System.nanoTime() + patience.toNanos();
    boolean isEnd = true;
    try {
      for (Lane lane : lanes) {
        long leftNanos = Math.max(1, untilNanos - System.nanoTime());
        isEnd &=
            lane.thread == Thread.currentThread() || lane.thread.join(Duration.ofNanos(leftNanos));
      }
      return isEnd;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
