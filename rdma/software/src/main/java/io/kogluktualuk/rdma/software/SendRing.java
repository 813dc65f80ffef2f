package io.kogluktualuk.rdma.software;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The requests of one send queue from being posted to being completed.
///
/// A request counts against the depth until its completion has been polled; an unsignalled one
/// until the next completion of the queue has been. So a queue that never signals fills up, as an
/// adapter's does.
///
/// **Threading:** the owning path's lock, except [#onPolled]. **Bound:** `max_send_wr` requests.
/// **Allocation:** none once each slot has been used.
final class SendRing implements WorkQueue {

  private final SoftwareQueuePair queuePair;
  private final SoftwareCompletionQueue completions;
  private final boolean signalsAll;
  private final int inlineMax;
  private final @Nullable SendRequest[] slots;
  private final AtomicInteger outstanding = new AtomicInteger();

  /// Held by paths that have no lock of their own for sending.
  final ReentrantLock lock = new ReentrantLock();

  private long first;
  private long end;

  /// Requests that have completed without a completion since the last one with.
  private int silent;

  SendRing(
      SoftwareQueuePair queuePair,
      SoftwareCompletionQueue completions,
      int depth,
      boolean signalsAll,
      int inlineMax) {
    this.queuePair = queuePair;
    this.completions = completions;
    this.signalsAll = signalsAll;
    this.inlineMax = inlineMax;
    this.slots = new @Nullable SendRequest[depth];
  }

  /// Counts one more request.
  ///
  /// @throws IOException when `max_send_wr` are outstanding, or an inline one is too long
  void admit(SendRequest request) throws IOException {
    if (request.isInline() && request.totalBytes() > inlineMax) {
      throw new IOException(
          "an inline request has "
              + request.totalBytes()
              + " bytes, at most "
              + inlineMax
              + " fit");
    }
    if (outstanding.incrementAndGet() > slots.length) {
      outstanding.decrementAndGet();
      throw new IOException(
          "send queue of queue pair "
              + queuePair.number()
              + " is full: "
              + slots.length
              + " requests are outstanding (ENOMEM)");
    }
  }

  /// Keeps a copy of an admitted request behind the others.
  SendRequest add(SendRequest request) {
    int at = (int) (end % slots.length);
    SendRequest slot = slots[at];
    if (slot == null) {
      slot = SendRequest.slot();
      slots[at] = slot;
    }
    slot.set(request);
    end++;
    return slot;
  }

  boolean isEmpty() {
    return first == end;
  }

  /// The number of the oldest request that is kept.
  long first() {
    return first;
  }

  /// The number that the next request will have.
  long end() {
    return end;
  }

  SendRequest get(long number) {
    SendRequest request =
        number < first || number >= end ? null : slots[(int) (number % slots.length)];
    if (request == null) {
      throw new IllegalStateException("request " + number + " is not kept");
    }
    return request;
  }

  /// Completes the oldest request that is kept.
  void completeFirst(int status) {
    SendRequest request = get(first);
    first++;
    complete(request, status);
  }

  /// Completes all that are kept, because the queue pair has failed.
  void flush() {
    while (first < end) {
      completeFirst(Status.WR_FLUSH_ERR);
    }
  }

  /// Completes an admitted request that is not kept.
  void complete(SendRequest request, int status) {
    silent++;
    if (status == Status.SUCCESS && !signalsAll && !request.isSignaled()) {
      return;
    }
    int finished = silent;
    silent = 0;
    boolean hadRoom =
        completions.push(
            request.id,
            status,
            request.completionOpcode(),
            (int) request.totalBytes(),
            queuePair.number(),
            0,
            0,
            false,
            this,
            finished);
    if (!hadRoom) {
      queuePair.fail();
    }
  }

  @Override
  public void onPolled(int requests) {
    outstanding.addAndGet(-requests);
  }
}
