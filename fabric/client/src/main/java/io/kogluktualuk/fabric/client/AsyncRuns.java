package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Runs in the background, each on a virtual thread of its own.
///
/// **Threading:** any thread. **Bound:** [#MAX] at a time.
final class AsyncRuns {

  /// Far more than compute nodes have slots; each costs some kilobytes here.
  static final int MAX = 1024;

  private final Semaphore places = new Semaphore(MAX, true);

  /// A run whose cancellation interrupts the thread that waits for it, which ends the run.
  private static final class Run extends CompletableFuture<RunResult> {
    private final Thread thread;

    Run(Supplier<RunResult> work, Runnable ended) {
      this.thread =
          Thread.ofVirtual()
              .name("kog-run")
              .unstarted(
                  () -> {
                    try {
                      complete(work.get());
                    } catch (RuntimeException | Error e) {
                      completeExceptionally(e);
                    } finally {
                      ended.run();
                    }
                  });
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean isCancelled = super.cancel(mayInterruptIfRunning);
      if (isCancelled) {
        thread.interrupt();
      }
      return isCancelled;
    }
  }

  /// @param patience how long to wait for a place
  CompletableFuture<RunResult> start(Duration patience, Supplier<RunResult> work) {
    Deadline deadline = Deadline.after(patience);
    try {
      if (!places.tryAcquire(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS)) {
        throw new DeadlineExceeded(MAX + " runs of this session are under way");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while " + MAX + " runs were under way", e);
    }
    Run run = new Run(work, places::release);
    run.thread.start();
    return run;
  }
}
