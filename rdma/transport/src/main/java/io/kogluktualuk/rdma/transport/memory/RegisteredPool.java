package io.kogluktualuk.rdma.transport.memory;

import com.ibm.disni.verbs.IbvMr;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.provider.Verbs;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A fixed number of equally long registered buffers.
///
/// **Threading:** any thread; buffers are lent in the order they are asked for.
/// **Ownership:** closing waits a little for lent buffers, so that nobody writes to freed memory.
/// **Bound:** memory is allocated, touched and registered once, at creation.
public final class RegisteredPool implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RegisteredPool.class);
  private static final long PAGE_BYTES = 4096;
  private static final long RETURN_SECONDS_MAX = 10;

  private final int bufferBytes;
  private final int count;
  private final Arena arena;
  private final IbvMr region;
  private final Semaphore places;
  private final ConcurrentLinkedQueue<MemorySegment> free;
  private volatile boolean isClosed;

  private RegisteredPool(int bufferBytes, int count, Arena arena, IbvMr region) {
    this.bufferBytes = bufferBytes;
    this.count = count;
    this.arena = arena;
    this.region = region;
    this.places = new Semaphore(count, true);
    this.free = new ConcurrentLinkedQueue<>();
  }

  /// Allocates and registers `count` buffers of `bufferBytes` each, together less than 2 GiB.
  public static RegisteredPool create(int bufferBytes, int count) {
    long total = (long) bufferBytes * count;
    if (bufferBytes <= 0 || count <= 0 || total > Integer.MAX_VALUE) {
      throw new InvalidArgument(
          "a pool of "
              + count
              + " buffers of "
              + bufferBytes
              + " bytes: both must be positive and"
              + " together less than 2 GiB");
    }
    Verbs.install();
    Arena arena = Arena.ofShared();
    try {
      // Allocated memory is zeroed, and so every page has been touched.
      MemorySegment slab = arena.allocate(total, PAGE_BYTES);
      IbvMr region =
          Verbs.localDomain()
              .regMr(slab.address(), (int) total, IbvMr.IBV_ACCESS_LOCAL_WRITE)
              .execute()
              .free()
              .getMr();
      RegisteredPool pool = new RegisteredPool(bufferBytes, count, arena, region);
      for (int i = 0; i < count; i++) {
        pool.free.add(slab.asSlice((long) i * bufferBytes, bufferBytes));
      }
      return pool;
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw new Unavailable("cannot register " + total + " bytes: " + e.getMessage(), e);
    }
  }

  public int bufferBytes() {
    return bufferBytes;
  }

  /// Buffers that could be lent now.
  public int available() {
    return places.availablePermits();
  }

  /// Lends a buffer, waiting for one until the deadline. Its contents are whatever its last
  /// borrower left.
  ///
  /// @throws DeadlineExceeded when none came back in time
  /// @throws AlreadyClosed when the pool is closed
  public RegisteredBuffer acquire(Deadline deadline) {
    try {
      // Whoever waits goes first; without anybody waiting this is one atomic step.
      boolean isFree = !places.hasQueuedThreads() && places.tryAcquire();
      if (!isFree
          && !places.tryAcquire(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS)) {
        throw new DeadlineExceeded("all " + count + " registered buffers are in use");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while waiting for a registered buffer", e);
    }
    if (isClosed) {
      places.release();
      throw new AlreadyClosed("the pool of registered buffers is closed");
    }
    MemorySegment segment = free.remove();
    return new RegisteredBuffer(segment, region.getLkey(), () -> release(segment));
  }

  private void release(MemorySegment segment) {
    free.add(segment);
    places.release();
  }

  @Override
  public synchronized void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    boolean isReturned = false;
    try {
      isReturned = places.tryAcquire(count, RETURN_SECONDS_MAX, TimeUnit.SECONDS);
      places.release(isReturned ? count : 0);
      region.deregMr().execute().free();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("deregistering a pool failed", e);
    }
    if (isReturned) {
      arena.close();
    } else {
      LOG.warn("registered buffers are still lent at close; their memory is not freed");
    }
  }
}
