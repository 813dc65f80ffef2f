package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvCompChannel;
import com.ibm.disni.verbs.IbvContext;
import java.io.IOException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// Where a thread waits for completion events of some queues.
///
/// The waiting thread looks for work itself, spins briefly, and then sleeps at the channel's
/// [Doorbell], which peers ring when they have put something into a ring.
///
/// Successful completions of a program's own sends do not wake a dozing thread one by one: they are
/// noticed with the next message, when [#LAZY_MAX] have come together, or after [#DOZE_NANOS]. An
/// adapter moderates its interrupts in the same way. A thread that has been idle for long sleeps
/// deeply and is woken by the first.
///
/// **Threading:** any thread; one at a time waits, others queue up behind it.
final class SoftwareCompletionChannel extends IbvCompChannel {

  private static final int LAZY_MAX = 4;
  private static final long DOZE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /// How long after the last event sleeps are short.
  private static final long RESTLESS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /// How long to stay attentive to being closed after the last queue pair has gone.
  private static final long ATTENTIVE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Doorbell doorbell;
  private final SoftwareSettings settings;
  private final CopyOnWriteArrayList<SoftwareCompletionQueue> queues = new CopyOnWriteArrayList<>();
  private final ReentrantLock waiting = new ReentrantLock();
  private final AtomicBoolean isDestroyed = new AtomicBoolean();
  private final AtomicInteger events = new AtomicInteger();
  private final AtomicInteger lazy = new AtomicInteger();
  private volatile boolean hadQueuePairs;
  private long lastEvent;

  SoftwareCompletionChannel(IbvContext context, int number, long nonce, SoftwareSettings settings)
      throws IOException {
    super(number, context);
    this.settings = settings;
    this.doorbell = Doorbell.create(nonce);
  }

  Doorbell doorbell() {
    return doorbell;
  }

  void add(SoftwareCompletionQueue queue) {
    queues.add(queue);
  }

  void remove(SoftwareCompletionQueue queue) {
    queues.remove(queue);
  }

  /// A queue pair has come or gone; whoever waits looks again.
  void onQueuePairs() {
    hadQueuePairs = true;
    doorbell.ring();
  }

  /// @param isEvent the queue was armed for this completion
  /// @param canWait nobody but the poster is interested, and not urgently
  void onCompletion(boolean isEvent, boolean canWait) {
    if (isEvent) {
      events.incrementAndGet();
    }
    if (!isEvent && events.get() == 0) {
      return;
    }
    if (canWait && lazy.incrementAndGet() < LAZY_MAX) {
      doorbell.ringIfAsleep();
    } else {
      lazy.set(0);
      doorbell.ring();
    }
  }

  /// Waits for an event.
  ///
  /// @param timeoutMillis negative to wait until the channel is closed
  /// @return false when none came in time or nothing can come any more
  boolean await(int timeoutMillis) {
    long deadline =
        System.nanoTime()
            + (timeoutMillis < 0
                ? TimeUnit.DAYS.toNanos(365)
                : TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
    try {
      if (!waiting.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return false;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    try {
      return awaitInTurn(deadline);
    } finally {
      waiting.unlock();
    }
  }

  private boolean awaitInTurn(long deadline) {
    long now = System.nanoTime();
    long spinUntil = now + settings.spinNanos();
    while (isOpen) {
      queues.forEach(SoftwareCompletionQueue::progress);
      if (takeEvent()) {
        lastEvent = System.nanoTime();
        return true;
      }
      now = System.nanoTime();
      if (now - deadline >= 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      if (now - spinUntil < 0) {
        Thread.onSpinWait();
      } else if (isAbandoned()) {
        doze(ATTENTIVE_NANOS);
        return false;
      } else {
        sleep(now, deadline);
      }
    }
    return false;
  }

  private boolean takeEvent() {
    int before = events.get();
    while (before > 0) {
      if (events.compareAndSet(before, before - 1)) {
        lazy.set(0);
        return true;
      }
      before = events.get();
    }
    return false;
  }

  /// All queue pairs have gone: most likely the program is about to stop the waiting thread.
  private boolean isAbandoned() {
    if (!hadQueuePairs) {
      return false;
    }
    // A loop, because this is on the way of every message: a stream allocates.
    for (SoftwareCompletionQueue queue : queues) {
      if (!queue.isIdle()) {
        return false;
      }
    }
    return true;
  }

  private void doze(long nanos) {
    doorbell.sleep(doorbell.prepare(true), nanos);
    doorbell.awake();
  }

  private void sleep(long now, long deadline) {
    boolean isRestless = now - lastEvent < RESTLESS_NANOS;
    int rings = doorbell.prepare(isRestless);
    boolean mustWatchTime = false;
    for (SoftwareCompletionQueue queue : queues) {
      mustWatchTime |= queue.prepareToSleep();
    }
    if (!hasWork() && isOpen) {
      long nanos = deadline - now;
      doorbell.sleep(rings, isRestless || mustWatchTime ? Math.min(nanos, DOZE_NANOS) : nanos);
    }
    doorbell.awake();
  }

  private boolean hasWork() {
    if (events.get() > 0) {
      return true;
    }
    for (SoftwareCompletionQueue queue : queues) {
      if (queue.hasWork()) {
        return true;
      }
    }
    return false;
  }

  /// Ends all waiting, now and later.
  @Override
  public void close() {
    super.close();
    doorbell.ring();
  }

  void destroy() {
    close();
    if (isDestroyed.compareAndSet(false, true)) {
      doorbell.close();
    }
  }
}
