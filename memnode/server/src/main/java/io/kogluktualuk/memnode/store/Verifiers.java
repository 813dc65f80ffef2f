package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import java.lang.foreign.MemorySegment;
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
    List<Callable<BitSet>> tasks = new ArrayList<>();
    List<List<SealedBlob>> groups = groups(blobs);
    for (List<SealedBlob> group : groups) {
      tasks.add(() -> intact(group));
    }
    return answers(groups, tasks, bytes);
  }

  /// Copies blobs that lie one behind the other in a window to their extents, and says which of
  /// the copies have the bytes that their hash names.
  ///
  /// The window may be written to meanwhile. Each byte is read from it once, into memory that
  /// nobody else writes to, and hashed there ([BlobCopy]). So what is found intact is what was
  /// stored.
  ///
  /// @param window of any origin
  BitSet copy(MemorySegment window, List<WindowTable.Pending> blobs) {
    List<Callable<BitSet>> tasks = new ArrayList<>();
    long at = 0;
    List<List<WindowTable.Pending>> groups = groups(blobs);
    for (List<WindowTable.Pending> group : groups) {
      List<BlobCopy> copies = new ArrayList<>(group.size());
      for (WindowTable.Pending blob : group) {
        int length = blob.location().length();
        copies.add(new BlobCopy(window.asSlice(at, length), blob, regions));
        at += length;
      }
      tasks.add(() -> BlobCopy.run(copies));
    }
    return answers(groups, tasks, at);
  }

  /// Those that are hashed together.
  private static <T> List<List<T>> groups(List<T> blobs) {
    List<List<T>> groups = new ArrayList<>();
    int together = Sha256.together(blobs.size());
    for (int at = 0; at < blobs.size(); at += together) {
      groups.add(blobs.subList(at, Math.min(at + together, blobs.size())));
    }
    return groups;
  }

  /// @param groups that the tasks are for, in order
  private <T> BitSet answers(List<List<T>> groups, List<Callable<BitSet>> tasks, long bytes) {
    BitSet intact = new BitSet();
    int first = 0;
    boolean isHere = bytes < PARALLEL_BYTES_MIN || threads == 1 || tasks.size() == 1;
    List<Future<BitSet>> answers = isHere ? List.of() : run(tasks);
    for (int i = 0; i < tasks.size(); i++) {
      BitSet group = isHere ? here(tasks.get(i)) : answer(answers.get(i));
      int base = first;
      group.stream().forEach(each -> intact.set(base + each));
      first += groups.get(i).size();
    }
    return intact;
  }

  private static BitSet here(Callable<BitSet> task) {
    try {
      return task.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("verification failed", e);
    }
  }

  private BitSet intact(List<SealedBlob> blobs) {
    List<Hash> found =
        Hash.ofEach(blobs.stream().map(blob -> regions.bytes(blob.location())).toList());
    BitSet intact = new BitSet(blobs.size());
    for (int i = 0; i < found.size(); i++) {
      intact.set(i, found.get(i).equals(blobs.get(i).hash()));
    }
    return intact;
  }

  /// Whether the blob has the bytes that its hash names.
  boolean isIntact(SealedBlob blob) {
    return Hash.of(regions.bytes(blob.location())).equals(blob.hash());
  }

  private List<Future<BitSet>> run(List<Callable<BitSet>> tasks) {
    try {
      return pool.invokeAll(tasks);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the memory node is stopping: verification was interrupted", e);
    } catch (RejectedExecutionException e) {
      throw new AlreadyClosed("the memory node's store is closed", e);
    }
  }

  private static BitSet answer(Future<BitSet> done) {
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
