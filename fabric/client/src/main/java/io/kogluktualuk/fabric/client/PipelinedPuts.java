package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A view of a store whose puts go on in the background, joined into batches.
///
/// A put returns when its blobs are on their way; [#await] returns when all are stored. The first
/// failure is thrown by the next call. So a caller that reads, cuts and hashes overlaps with the
/// transfer of what it has cut before.
///
/// **Ownership:** whoever has made it calls [#end], whatever comes of it: nothing is under way
/// afterwards.
///
/// **Threading:** one thread. **Bound:** [#BATCHES_MAX] batches of about [#BATCH_BYTES] on their
/// way, one more being filled; a put beyond that waits for the oldest.
final class PipelinedPuts implements BlobStore {

  static final int BATCH_BYTES = 8 << 20;
  static final int BATCH_BLOBS = 512;
  static final int BATCHES_MAX = 4;

  private final BlobStore store;
  private final Semaphore permits = new Semaphore(BATCHES_MAX);

  /// Those that store batches.
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private List<Blob> batch = new ArrayList<>();
  private long batchBytes;

  PipelinedPuts(BlobStore store) {
    this.store = store;
  }

  /// Has something written, and waits until it is stored. When it fails, or the thread is
  /// interrupted, what is still under way is broken off.
  static <R> R through(BlobStore store, Function<BlobStore, R> write) {
    PipelinedPuts puts = new PipelinedPuts(store);
    try {
      R result = write.apply(puts);
      puts.await();
      return result;
    } finally {
      puts.end();
    }
  }

  /// Breaks off what is under way, if anything is, and waits until nothing is.
  void end() {
    threads.forEach(Thread::interrupt);
    permits.acquireUninterruptibly(BATCHES_MAX);
    permits.release(BATCHES_MAX);
  }

  @Override
  public void put(List<Blob> blobs) {
    throwFailure();
    for (Blob blob : blobs) {
      batch.add(blob);
      batchBytes += blob.length();
      if (batchBytes >= BATCH_BYTES || batch.size() >= BATCH_BLOBS) {
        send();
      }
    }
  }

  /// Waits until everything that was put is stored.
  void await() {
    send();
    acquire(BATCHES_MAX);
    permits.release(BATCHES_MAX);
    throwFailure();
  }

  @Override
  public Blob get(Hash hash) {
    await();
    return store.get(hash);
  }

  @Override
  public Set<Hash> missing(Collection<Hash> hashes) {
    await();
    return store.missing(hashes);
  }

  private void send() {
    if (batch.isEmpty()) {
      return;
    }
    List<Blob> sent = batch;
    batch = new ArrayList<>();
    batchBytes = 0;
    acquire(1);
    Deadline over = Deadline.overAll();
    Thread thread = Thread.ofVirtual().name("kog-put").unstarted(() -> store(sent, over));
    threads.add(thread);
    thread.start();
  }

  private void acquire(int count) {
    try {
      permits.acquire(count);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while blobs were being stored", e);
    }
  }

  private void store(List<Blob> sent, @Nullable Deadline over) {
    try {
      if (failure.get() == null) {
        Deadline.during(
            over,
            () -> {
              store.put(sent);
              return sent;
            });
      }
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    } finally {
      threads.remove(Thread.currentThread());
      permits.release();
    }
  }

  private void throwFailure() {
    RuntimeException thrown = failure.get();
    if (thrown != null) {
      throw thrown;
    }
  }
}
