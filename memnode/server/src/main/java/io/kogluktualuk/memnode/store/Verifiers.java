package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/// Compares the bytes in the regions with their hashes, on all cores.
///
/// Platform threads: hashing never blocks, so virtual ones would gain nothing and starve others.
///
/// **Threading:** any thread. **Ownership:** owns its threads.
/// **Bound:** callers wait, so tasks are at most the callers' batches.
final class Verifiers implements AutoCloseable {

  /// Below this handing over costs more than it gains: 256 KiB take 160 µs to hash.
  private static final long PARALLEL_BYTES_MIN = 256 * 1024;

  private final Regions regions;
  private final int threads;
  private final ExecutorService pool;

  Verifiers(Regions regions, int threads) {
    this.regions = regions;
    this.threads = threads;
    this.pool =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("memnode-verify-", 0).factory());
  }

  /// Which of the blobs have the bytes that their hash names.
  BitSet verify(List<SealedBlob> blobs) {
    long bytes = blobs.stream().mapToLong(blob -> blob.location().length()).sum();
    BitSet intact = new BitSet(blobs.size());
    if (bytes < PARALLEL_BYTES_MIN || threads == 1) {
      for (int i = 0; i < blobs.size(); i++) {
        intact.set(i, isIntact(blobs.get(i)));
      }
      return intact;
    }
    List<Callable<Boolean>> tasks = new ArrayList<>(blobs.size());
    blobs.forEach(blob -> tasks.add(() -> isIntact(blob)));
    List<Future<Boolean>> answers = run(tasks);
    for (int i = 0; i < answers.size(); i++) {
      intact.set(i, answer(answers.get(i)));
    }
    return intact;
  }

  private boolean isIntact(SealedBlob blob) {
    return Hash.of(regions.bytes(blob.location())).equals(blob.hash());
  }

  private List<Future<Boolean>> run(List<Callable<Boolean>> tasks) {
    try {
      return pool.invokeAll(tasks);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the memory node is stopping: verification was interrupted", e);
    } catch (RejectedExecutionException e) {
      throw new AlreadyClosed("the memory node's store is closed", e);
    }
  }

  private static boolean answer(Future<Boolean> done) {
    try {
      return done.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the memory node is stopping: verification was interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("verification failed", e.getCause());
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
