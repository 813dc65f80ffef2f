package io.kogluktualuk.memnode.reader;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The thread that keeps a session's lease alive.
///
/// **Threading:** [#close] from any thread. **Ownership:** owns the thread; the lease ends with it.
final class LeaseTender implements AutoCloseable {

  private final Leases leases;
  private final Thread thread;
  private volatile boolean isClosed;

  LeaseTender(Leases leases) {
    this.leases = leases;
    this.thread = Thread.ofPlatform().daemon().name("blob-lease").unstarted(this::run);
    thread.start();
  }

  private void run() {
    while (!isClosed) {
      LockSupport.parkNanos(leases.tend().toNanos());
    }
  }

  @Override
  public void close() {
    isClosed = true;
    LockSupport.unpark(thread);
    try {
      TimeUnit.SECONDS.timedJoin(thread, 10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    leases.end();
  }
}
