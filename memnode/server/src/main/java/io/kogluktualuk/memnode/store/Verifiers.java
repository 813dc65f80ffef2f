package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/// Compares bytes with their hashes, on all cores: those in the regions, and those on their way
/// from a window to a region.
///
/// Platform threads: hashing never blocks, so virtual ones would gain nothing and starve others.
///
/// **Threading:** any thread. **Ownership:** owns its threads.
/// **Bound:** callers wait, so tasks are at most the callers' batches.
final class Verifiers implements AutoCloseable {

  /// Below this handing over costs more than it gains: 256 KiB take 160 µs to hash.
  private static final long PARALLEL_BYTES_MIN = 256 * 1024;

  /// What is copied and hashed at a time: stays in the first-level cache.
  private static final int CHUNK_BYTES = 16 * 1024;

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
    List<Callable<Boolean>> tasks = new ArrayList<>(blobs.size());
    blobs.forEach(blob -> tasks.add(() -> isIntact(blob)));
    return answers(tasks, bytes);
  }

  /// Copies blobs that lie one behind the other in a window to their extents, and says which of
  /// the copies have the bytes that their hash names.
  ///
  /// The window may be written to meanwhile. Each byte is read from it once, into memory that
  /// nobody else has; from there it is hashed and stored. So what is found intact is what was
  /// stored.
  ///
  /// @param window of any origin
  BitSet copy(MemorySegment window, List<WindowTable.Pending> blobs) {
    List<Callable<Boolean>> tasks = new ArrayList<>(blobs.size());
    long at = 0;
    for (WindowTable.Pending blob : blobs) {
      MemorySegment from = window.asSlice(at, blob.location().length());
      tasks.add(() -> copyIntact(from, blob));
      at += blob.location().length();
    }
    return answers(tasks, at);
  }

  private boolean copyIntact(MemorySegment from, WindowTable.Pending blob) {
    int length = blob.location().length();
    byte[] own = new byte[Math.min(length, CHUNK_BYTES)];
    Sha256 sha = new Sha256();
    for (int at = 0; at < length; at += own.length) {
      int part = Math.min(own.length, length - at);
      MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, own, 0, part);
      sha.update(own, 0, part);
      regions.write(blob.location(), at, own, part);
    }
    return sha.finish().equals(blob.hash());
  }

  private BitSet answers(List<Callable<Boolean>> tasks, long bytes) {
    BitSet intact = new BitSet(tasks.size());
    if (bytes < PARALLEL_BYTES_MIN || threads == 1) {
      for (int i = 0; i < tasks.size(); i++) {
        intact.set(i, here(tasks.get(i)));
      }
      return intact;
    }
    List<Future<Boolean>> answers = run(tasks);
    for (int i = 0; i < answers.size(); i++) {
      intact.set(i, answer(answers.get(i)));
    }
    return intact;
  }

  private static boolean here(Callable<Boolean> task) {
    try {
      return task.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("verification failed", e);
    }
  }

  /// Whether the blob has the bytes that its hash names.
  boolean isIntact(SealedBlob blob) {
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
      if (e.getCause() instanceof FabricException fault) {
        throw fault;
      }
      throw new IllegalStateException("verification failed", e.getCause());
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
