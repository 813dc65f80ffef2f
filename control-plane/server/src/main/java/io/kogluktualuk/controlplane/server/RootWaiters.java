package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Who waits for roots to change.
///
/// **Threading:** any thread; one lock, held for a map operation. **Bound:** [#WAITERS_MAX].
final class RootWaiters implements AutoCloseable {

  /// Half of the calls that a server answers at a time.
  static final int WAITERS_MAX = 4096;

  private final int max;
  private final Map<RootName, Set<Waiter>> waiters = new HashMap<>();
  private int size;
  private boolean isClosed;

  RootWaiters() {
    this(WAITERS_MAX);
  }

  RootWaiters(int max) {
    this.max = max;
  }

  /// Hears of changes from when it was made on. To be closed.
  final class Waiter implements AutoCloseable {
    private final RootName name;
    private final CountDownLatch changed = new CountDownLatch(1);

    private Waiter(RootName name) {
      this.name = name;
    }

    /// Returns when the root may have changed, or the time is over.
    void await(Duration patience) {
      try {
        boolean _ = changed.await(patience.toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Unavailable("interrupted while root " + name + " was waited for", e);
      }
    }

    @Override
    public void close() {
      forget(this);
    }
  }

  /// Begins to wait; null when too many do, or the server is being closed.
  synchronized @Nullable Waiter wait(RootName name) {
    if (size >= max || isClosed) {
      return null;
    }
    Waiter waiter = new Waiter(name);
    waiters.computeIfAbsent(name, _ -> new HashSet<>()).add(waiter);
    size++;
    return waiter;
  }

  private synchronized void forget(Waiter waiter) {
    Set<Waiter> same = waiters.get(waiter.name);
    if (same != null && same.remove(waiter)) {
      size--;
      if (same.isEmpty()) {
        waiters.remove(waiter.name);
      }
    }
  }

  synchronized void changed(RootName name) {
    waiters.getOrDefault(name, Set.of()).forEach(waiter -> waiter.changed.countDown());
  }

  synchronized int size() {
    return size;
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    waiters.values().forEach(same -> same.forEach(waiter -> waiter.changed.countDown()));
  }
}
