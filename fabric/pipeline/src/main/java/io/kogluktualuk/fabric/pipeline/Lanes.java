package io.kogluktualuk.fabric.pipeline;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads of a stage: lanes, each of which does one thing after the other.
///
/// Lanes either share one queue, or have one each: then what has the same key goes to the same
/// lane, and so stays in order.
///
/// What takes microseconds is not worth a thread that is woken for it: as long as all has been
/// done that quickly lately, one lane goes on with what is waiting, and others hear of what came
/// of it when nothing is left. What takes longer has every lane woken, and others hear at once.
///
/// **Threading:** any thread. **Bound:** the stage's window bounds what waits.
///
/// @param <T> what is done
final class Lanes<T> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

  /// Less than what it takes to wake a few threads.
  private static final long QUICK_NANOS = 50_000;

  /// So that the next stage begins before this one is through with all that has come.
  private static final int UNSAID_MAX = 16;

  /// How fast the time that something took is forgotten: by this part of it each time.
  private static final long FORGETTING = 16;

  /// What things have taken lately at the most. Lanes that note something at once may lose one.
  private static final class Pace {

    private volatile long slowestNanos = QUICK_NANOS * FORGETTING;

    void note(long nanos) {
      long slowest = slowestNanos;
      slowestNanos = Math.max(nanos, slowest - slowest / FORGETTING);
    }

    boolean isQuick() {
      return slowestNanos <= QUICK_NANOS;
    }
  }

  /// One lane, for its worker: between [#begin] and [#end] it is watched, and interrupted when
  /// the lanes are closed. At other times it is not: a put that is broken off may leave something
  /// held.
  static final class Lane {

    private final Thread thread;
    private final int queue;
    private final Pace pace;
    private long sinceNanos;
    private boolean isBusy;
    private boolean isOverdue;
    private boolean isIdle;
    private boolean isClosing;

    Lane(Thread thread, int queue, Pace pace) {
      this.thread = thread;
      this.queue = queue;
      this.pace = pace;
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
    synchronized boolean end(long nowNanos) {
      isBusy = false;
      pace.note(nowNanos - sinceNanos);
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

  /// What waits for one lane, or for all of them.
  private static final class Waiting<T> {

    private final Deque<T> items = new ArrayDeque<>();
    private final Deque<Lane> idle = new ArrayDeque<>();
    private final Pace pace;
    private int lanes;

    Waiting(Pace pace) {
      this.pace = pace;
    }

    synchronized List<T> next(int count) {
      List<T> next = new ArrayList<>(count);
      Iterator<T> all = items.iterator();
      while (next.size() < count && all.hasNext()) {
        next.add(all.next());
      }
      return next;
    }

    synchronized void add(T item) {
      items.add(item);
    }

    /// @return null when there is nothing
    synchronized @Nullable T poll() {
      T next = items.poll();
      wake(false);
      return next;
    }

    T take(Lane lane) throws InterruptedException {
      T next = pollOrRest(lane);
      while (next == null) {
        LockSupport.park(this);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        next = pollOrRest(lane);
      }
      return next;
    }

    private synchronized @Nullable T pollOrRest(Lane lane) {
      idle.remove(lane);
      if (items.isEmpty()) {
        idle.push(lane);
        return null;
      }
      return poll();
    }

    /// Wakes a lane, if those that are awake are not thought to be through soon.
    ///
    /// @param isLate whether they were thought so for long enough
    synchronized void wake(boolean isLate) {
      if (items.isEmpty() || idle.isEmpty()) {
        return;
      }
      boolean isMuch = items.size() > QUICK_NANOS / Math.max(1, pace.slowestNanos);
      if (isLate || isMuch || idle.size() == lanes) {
        LockSupport.unpark(idle.pop().thread);
      }
    }
  }

  private final List<Waiting<T>> queues = new ArrayList<>();
  private final List<Lane> lanes = new ArrayList<>();
  private final BiConsumer<Lane, T> worker;
  private final Runnable afterwards;
  private final Pace pace = new Pace();

  /// @param isKeyed whether each lane has a queue of its own
  /// @param afterwards tells others of what was done
  Lanes(String name, int count, boolean isKeyed, BiConsumer<Lane, T> worker, Runnable afterwards) {
    this.worker = worker;
    this.afterwards = afterwards;
    for (int i = 0; i < count; i++) {
      if (queues.isEmpty() || isKeyed) {
        queues.add(new Waiting<>(pace));
      }
      Waiting<T> queue = queues.getLast();
      queue.lanes++;
      int index = i;
      lanes.add(
          new Lane(
              Thread.ofVirtual().name(name + "-" + i).unstarted(() -> work(index, queue)),
              queues.size() - 1,
              pace));
    }
  }

  void start() {
    lanes.forEach(lane -> lane.thread.start());
  }

  private void work(int index, Waiting<T> queue) {
    Lane lane = lanes.get(index);
    int unsaid = 0;
    try {
      while (lane.idle(true)) {
        T next = queue.poll();
        if (next == null) {
          afterwards.run();
          unsaid = 0;
          next = queue.take(lane);
        }
        if (!lane.idle(false)) {
          return;
        }
        work(lane, next);
        if (++unsaid >= UNSAID_MAX || !pace.isQuick()) {
          afterwards.run();
          unsaid = 0;
        }
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

  /// Adds what is to be done, behind everything with the same key; [#wake] begins.
  void add(int key, T what) {
    queues.get(Math.floorMod(key, queues.size())).add(what);
  }

  /// What a lane is likely to be given next.
  List<T> next(Lane lane, int count) {
    return queues.get(lane.queue).next(count);
  }

  /// Begins what was added.
  void wake() {
    for (Waiting<T> queue : queues) {
      queue.wake(false);
    }
  }

  /// Begins what waits, however quick those that are awake were till now.
  void hurry() {
    for (Waiting<T> queue : queues) {
      queue.wake(true);
    }
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
