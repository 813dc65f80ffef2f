package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.measure.Distribution;
import io.kogluktualuk.fabric.measure.Histogram;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Has what was written on the device, with one sync for all who wait for one.
///
/// Whoever waits first does the sync, for everything written until it begins; who comes meanwhile
/// waits for the next, which one of them does for all of them (group commit, [1]).
///
/// A sync that fails may have lost what it was to write, and the kernel says so only once [2]. So
/// after a failure nothing is called synced any more until the store is opened again.
///
/// [1] D. DeWitt et al.: Implementation Techniques for Main Memory Database Systems. SIGMOD 1984.
///
/// [2] A. Rebello et al.: Can Applications Recover from fsync Failures? USENIX ATC 2020.
///
/// **Threading:** any thread. **Errors:** [Unavailable] from the first failure on.
final class GroupSync {

  private final Runnable sync;
  private final Histogram times = Histogram.ofTimes();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private long written;
  private long synced;
  private long syncs;
  private boolean isSyncing;
  private @Nullable RuntimeException failure;

  /// @param sync has everything on the device that was written before it is called
  GroupSync(Runnable sync) {
    this.sync = sync;
  }

  /// Something has been written.
  void wrote() {
    lock.lock();
    try {
      written++;
    } finally {
      lock.unlock();
    }
  }

  /// Returns when everything that has been written until now is on the device.
  void sync() {
    lock.lock();
    try {
      long wanted = written;
      while (synced < wanted) {
        checkNotFailed();
        if (isSyncing) {
          changed.awaitUninterruptibly();
        } else {
          syncForAll();
        }
      }
      checkNotFailed();
    } finally {
      lock.unlock();
    }
  }

  private void checkNotFailed() {
    if (failure != null) {
      throw new Unavailable(
          "the store's device did not write what it was given, so nothing is durable until the"
              + " node is started again: "
              + failure.getMessage(),
          failure);
    }
  }

  /// Holds the lock before and after, but not during.
  private void syncForAll() {
    long target = written;
    isSyncing = true;
    lock.unlock();
    RuntimeException failed = null;
    long begin = System.nanoTime();
    try {
      sync.run();
    } catch (RuntimeException e) {
      failed = e;
    } finally {
      times.addSince(begin);
      lock.lock();
      isSyncing = false;
      changed.signalAll();
    }
    syncs++;
    if (failed == null) {
      synced = target;
    } else {
      failure = failed;
    }
  }

  /// How long syncs have taken.
  Distribution times() {
    return times.read();
  }

  /// How many syncs there have been.
  long syncs() {
    lock.lock();
    try {
      return syncs;
    } finally {
      lock.unlock();
    }
  }
}
