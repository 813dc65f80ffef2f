package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Looks outcomes up in the memo index, many at a time: while one batch is on its way, the next
/// gathers. A lone lookup is made at once, on the caller's own thread.
///
/// **Threading:** safe for any number of threads; [#lookup] blocks. **Bound:** as many waiting
/// lookups as there are threads.
public final class LookupBatcher implements AutoCloseable {

  private static final int BATCH_MAX = 2_000;

  private final MemoIndex index;
  private final LinkedBlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
  private final ReentrantLock busy = new ReentrantLock();
  private volatile boolean isClosed;

  /// Written by several at once: a lost sample does no harm.
  private volatile long latencyNanos;

  private static final class Waiting {
    final Hash key;
    final Thread thread = Thread.currentThread();
    @Nullable Outcome found;
    @Nullable FabricException failure;
    volatile boolean isDone;

    Waiting(Hash key) {
      this.key = key;
    }
  }

  public LookupBatcher(MemoIndex index) {
    this.index = index;
  }

  /// How long a lookup takes, on a moving average in which each counts an eighth.
  public long latencyNanos() {
    return latencyNanos;
  }

  /// The outcome of a transaction, or null when it is not known.
  public @Nullable Outcome lookup(Hash key) {
    long start = System.nanoTime();
    Outcome found = lookUpInTurn(key);
    long before = latencyNanos;
    latencyNanos = before + (System.nanoTime() - start - before) / 8;
    return found;
  }

  private @Nullable Outcome lookUpInTurn(Hash key) {
    Waiting mine = new Waiting(key);
    queue.add(mine);
    while (!mine.isDone) {
      if (isClosed) {
        throw new AlreadyClosed("the compute node is closed");
      }
      if (busy.tryLock()) {
        try {
          lookUpWaiting();
        } finally {
          busy.unlock();
          wakeNext();
        }
      } else if (!mine.isDone) {
        // The bound covers the moment in which the holder has missed us.
        LockSupport.parkNanos(this, 1_000_000);
      }
    }
    if (mine.failure != null) {
      throw FabricException.ofTag(
          mine.failure.tag(), "looking up " + key + ": " + mine.failure.getMessage());
    }
    return mine.found;
  }

  private void lookUpWaiting() {
    List<Waiting> batch = new ArrayList<>();
    queue.drainTo(batch, BATCH_MAX);
    if (batch.isEmpty()) {
      return;
    }
    try {
      Map<Hash, Outcome> found =
          index.lookup(batch.stream().map(waiting -> waiting.key).distinct().toList());
      batch.forEach(waiting -> waiting.found = found.get(waiting.key));
    } catch (FabricException e) {
      batch.forEach(waiting -> waiting.failure = e);
    } catch (RuntimeException e) {
      FabricException failure = new Unavailable("the memo index failed: " + e, e);
      batch.forEach(waiting -> waiting.failure = failure);
    }
    for (Waiting waiting : batch) {
      waiting.isDone = true;
      LockSupport.unpark(waiting.thread);
    }
  }

  private void wakeNext() {
    Waiting next = queue.peek();
    if (next != null) {
      LockSupport.unpark(next.thread);
    }
  }

  @Override
  public void close() {
    isClosed = true;
  }
}
