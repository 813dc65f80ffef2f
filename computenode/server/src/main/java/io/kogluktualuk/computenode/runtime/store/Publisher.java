package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Stores new blobs and records new outcomes behind the back of the computations that made them.
///
/// One queue, one thread, strictly in order: an outcome is enqueued after everything it names, so
/// when it is recorded all of that is stored. Neighbours in the queue go out as one batch.
///
/// When the store fails for good, what is in the queue is dropped, [Listener#onLost] says so, and
/// everyone whose [#mark] is older than that is told the reason when waiting.
///
/// **Threading:** any thread. **Bound:** [#QUEUED_BYTES_MAX] and [#QUEUED_ITEMS_MAX]; beyond them
/// [#enqueue] waits.
public final class Publisher implements AutoCloseable {

  static final long QUEUED_BYTES_MAX = 128L << 20;
  static final int QUEUED_ITEMS_MAX = 100_000;
  private static final long ANY_MARK = -1;
  private static final long BATCH_BYTES_MAX = 16L << 20;
  private static final int BATCH_ITEMS_MAX = 2_000;

  /// A store that is away for less than this is waited for.
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /// Hears what became of what was enqueued.
  public interface Listener {
    void onStored(List<Blob> blobs);

    /// Called while outcomes are being recorded, on a thread of its own: all that they name is
    /// stored. Who waits for the outcomes waits for it to return.
    void onRecording(List<Memo> memos);

    void onLost(List<Blob> blobs, FabricException reason);
  }

  private sealed interface Item {
    record NewBlob(Blob blob, Worth worth) implements Item {}

    record NewMemo(Memo memo) implements Item {}

    default long bytes() {
      return switch (this) {
        case NewBlob(Blob blob, _) -> blob.length();
        case NewMemo(Memo memo) -> memo.outcome().trace().length();
      };
    }
  }

  private final Shelf store;
  private final MemoIndex index;
  private final Listener listener;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition added = lock.newCondition();
  private final Deque<Item> queue = new ArrayDeque<>();
  private long queuedBytes;
  private long enqueued;
  private long done;
  private final AtomicLong losses = new AtomicLong();
  private @Nullable FabricException latestLoss;
  private boolean isClosed;

  public Publisher(String name, Shelf store, MemoIndex index, Listener listener) {
    this.store = store;
    this.index = index;
    this.listener = listener;
    this.thread = Thread.ofPlatform().name("publisher-" + name).daemon().unstarted(this::publish);
  }

  /// Begins to publish; called once, when the listener is ready.
  public void start() {
    thread.start();
  }

  /// Enqueues a blob; waits while the queue is full.
  public void enqueue(Blob blob, Worth worth) {
    enqueue(new Item.NewBlob(blob, worth), ANY_MARK);
  }

  /// Enqueues an outcome, after everything that it names.
  ///
  /// @param mark taken before the first thing that it names was enqueued
  /// @throws FabricException when something has been lost since the mark: it may name that
  public void enqueue(Memo memo, long mark) {
    enqueue(new Item.NewMemo(memo), mark);
  }

  private void enqueue(Item item, long mark) {
    lock.lock();
    try {
      while (isFull() && !isClosed) {
        changed.awaitUninterruptibly();
      }
      if (isClosed) {
        throw new AlreadyClosed("the compute node is closed");
      }
      throwIfLostSince(mark);
      queue.add(item);
      queuedBytes += item.bytes();
      enqueued++;
      added.signal();
    } finally {
      lock.unlock();
    }
  }

  /// A point in time, to be given to [#await] later.
  public long mark() {
    return losses.get();
  }

  /// Waits until all that has been enqueued up to now is stored and recorded.
  ///
  /// @param mark taken before the first thing was enqueued that the caller cares about
  /// @throws FabricException when something has been lost since the mark
  public void await(long mark, Deadline deadline) {
    lock.lock();
    try {
      long target = enqueued;
      while (done < target && losses.get() == mark) {
        long remaining = deadline.remainingNanos();
        if (remaining <= 0) {
          throw new DeadlineExceeded(
              "storing results: " + (target - done) + " blobs and outcomes are still to be stored");
        }
        changed.awaitNanos(remaining);
      }
      throwIfLostSince(mark);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while waiting for results to be stored", e);
    } finally {
      lock.unlock();
    }
  }

  /// Blobs and outcomes in the queue or on their way.
  public long pending() {
    lock.lock();
    try {
      return enqueued - done;
    } finally {
      lock.unlock();
    }
  }

  private boolean isFull() {
    return queuedBytes >= QUEUED_BYTES_MAX || queue.size() >= QUEUED_ITEMS_MAX;
  }

  private void throwIfLostSince(long mark) {
    FabricException loss = latestLoss;
    if (mark != ANY_MARK && losses.get() != mark && loss != null) {
      throw FabricException.ofTag(loss.tag(), "results could not be stored: " + loss.getMessage());
    }
  }

  private void publish() {
    while (true) {
      List<Item> batch = take();
      if (batch.isEmpty()) {
        return;
      }
      try {
        publish(batch);
        finished(batch);
      } catch (RuntimeException | Error e) {
        // Whatever it is, those who wait must hear of it, and the next batch may fare better.
        lose(batch, e);
      }
    }
  }

  /// The next batch; empty when closed and drained.
  private List<Item> take() {
    lock.lock();
    try {
      while (queue.isEmpty()) {
        if (isClosed) {
          return List.of();
        }
        added.awaitUninterruptibly();
      }
      List<Item> batch = new ArrayList<>();
      long bytes = 0;
      while (!queue.isEmpty() && batch.size() < BATCH_ITEMS_MAX && bytes < BATCH_BYTES_MAX) {
        Item item = queue.remove();
        batch.add(item);
        bytes += item.bytes();
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private void publish(List<Item> batch) {
    List<Blob> blobs = blobsOf(batch);
    List<Memo> memos = new ArrayList<>();
    for (Item item : batch) {
      if (item instanceof Item.NewMemo(Memo memo)) {
        memos.add(memo);
      }
    }
    if (!blobs.isEmpty()) {
      byWorth(batch).forEach((worth, alike) -> retrying(() -> store.put(alike, worth)));
      listener.onStored(blobs);
    }
    if (!memos.isEmpty()) {
      record(memos);
    }
  }

  /// Records outcomes, and tells of them at the same time: both are calls that are waited for.
  private void record(List<Memo> memos) {
    Thread told = Thread.ofVirtual().name("recording-", 0).start(() -> listener.onRecording(memos));
    try {
      retrying(() -> index.record(memos));
    } finally {
      join(told);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<Worth, List<Blob>> byWorth(List<Item> batch) {
    Map<Worth, List<Blob>> groups = new LinkedHashMap<>();
    for (Item item : batch) {
      if (item instanceof Item.NewBlob(Blob blob, Worth worth)) {
        groups.computeIfAbsent(worth, _ -> new ArrayList<>()).add(blob);
      }
    }
    return groups;
  }

  private static List<Blob> blobsOf(Iterable<Item> items) {
    List<Blob> blobs = new ArrayList<>();
    for (Item item : items) {
      if (item instanceof Item.NewBlob(Blob blob, _)) {
        blobs.add(blob);
      }
    }
    return blobs;
  }

  private void retrying(Runnable call) {
    Deadline giveUp = Deadline.after(Duration.ofNanos(RETRY_NANOS));
    while (true) {
      try {
        call.run();
        return;
      } catch (FabricException e) {
        if (e.category() != FabricException.Category.RETRY || giveUp.hasPassed() || isClosed()) {
          throw e;
        }
        pause();
      }
    }
  }

  private void pause() {
    lock.lock();
    try {
      changed.awaitNanos(PAUSE_NANOS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while storing results", e);
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return isClosed;
    } finally {
      lock.unlock();
    }
  }

  private void finished(List<Item> batch) {
    lock.lock();
    try {
      done += batch.size();
      for (Item item : batch) {
        queuedBytes -= item.bytes();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void lose(List<Item> batch, Throwable e) {
    FabricException reason =
        e instanceof FabricException known
            ? known
            : new Unavailable("storing results failed: " + e, e);
    List<Blob> lost = new ArrayList<>(blobsOf(batch));
    lock.lock();
    try {
      lost.addAll(blobsOf(queue));
      done += batch.size() + queue.size();
      queue.clear();
      queuedBytes = 0;
      losses.incrementAndGet();
      latestLoss = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    listener.onLost(lost, reason);
  }

  /// Publishes what is in the queue, within ten seconds, and ends.
  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      added.signalAll();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      if (thread.isAlive()) {
        thread.join(Duration.ofNanos(CLOSE_NANOS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
