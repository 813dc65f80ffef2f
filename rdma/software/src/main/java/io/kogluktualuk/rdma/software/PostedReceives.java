package io.kogluktualuk.rdma.software;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The RECVs of one queue pair from being posted to being completed.
///
/// When the completion queue has no room, filled RECVs wait here: nothing is lost, and the peer is
/// held up only by having no further RECV.
///
/// **Threading:** its lock, except [#onPolled] and [#hasPosted]. **Bound:** `max_recv_wr` RECVs,
/// counted until their completions have been polled.
final class PostedReceives implements WorkQueue {

  /// Flags of [#finish].
  static final int IMMEDIATE = 1;

  static final int SOLICITED = 2;

  /// The bytes were written one-sided; the RECV only carries the immediate data.
  static final int WRITTEN = 4;

  private static final int FIELDS = 4;

  private final SoftwareQueuePair queuePair;
  private final SoftwareCompletionQueue completions;
  private final @Nullable ReceiveRequest[] requests;
  private final int[] results;
  private final AtomicInteger outstanding = new AtomicInteger();

  final ReentrantLock lock = new ReentrantLock();

  /// Counts since the beginning: completed ≤ filled ≤ posted.
  private long posted;

  private long filled;
  private long completed;
  private volatile boolean hasPosted;
  private volatile boolean hasFilled;

  PostedReceives(SoftwareQueuePair queuePair, SoftwareCompletionQueue completions, int depth) {
    this.queuePair = queuePair;
    this.completions = completions;
    this.requests = new @Nullable ReceiveRequest[Math.max(1, depth)];
    this.results = new int[requests.length * FIELDS];
  }

  /// @throws IOException when `max_recv_wr` are outstanding
  void post(ReceiveRequest request) throws IOException {
    if (outstanding.incrementAndGet() > requests.length) {
      outstanding.decrementAndGet();
      throw new IOException(
          "receive queue of queue pair "
              + queuePair.number()
              + " is full: "
              + requests.length
              + " requests are outstanding (ENOMEM)");
    }
    requests[(int) (posted % requests.length)] = request;
    posted++;
    hasPosted = true;
    if (queuePair.isFailed()) {
      flush();
    }
  }

  /// How many have been posted since the beginning.
  long posted() {
    return posted;
  }

  /// How many have been filled since the beginning; the next to be filled has this number.
  long filled() {
    return filled;
  }

  boolean hasPosted() {
    return hasPosted;
  }

  /// Whether filled RECVs wait for room in the completion queue, and it has some.
  boolean canComplete() {
    return hasFilled && completions.hasRoom();
  }

  ReceiveRequest get(long number) {
    ReceiveRequest request =
        number < filled || number >= posted ? null : requests[(int) (number % requests.length)];
    if (request == null) {
      throw new IllegalStateException("RECV " + number + " is not posted");
    }
    return request;
  }

  /// The next RECV to be filled is done with.
  void finish(int status, int bytes, int flags, int immediate) {
    if (filled >= posted) {
      throw new IllegalStateException("no RECV is posted");
    }
    int at = (int) (filled % requests.length) * FIELDS;
    results[at] = status;
    results[at + 1] = bytes;
    results[at + 2] = flags;
    results[at + 3] = immediate;
    filled++;
    hasPosted = filled < posted;
    complete();
  }

  /// Completes filled RECVs as far as the completion queue has room.
  void complete() {
    while (completed < filled && push(completed)) {
      requests[(int) (completed % requests.length)] = null;
      completed++;
    }
    hasFilled = completed < filled;
  }

  private boolean push(long number) {
    int slot = (int) (number % requests.length);
    ReceiveRequest request = requests[slot];
    int at = slot * FIELDS;
    int flags = results[at + 2];
    return request != null
        && completions.push(
            request.id(),
            results[at],
            (flags & WRITTEN) != 0 ? Status.OPCODE_RECV_RDMA_WITH_IMM : Status.OPCODE_RECV,
            results[at + 1],
            queuePair.number(),
            (flags & IMMEDIATE) != 0 ? Status.FLAG_WITH_IMM : 0,
            results[at + 3],
            (flags & SOLICITED) != 0,
            this,
            1);
  }

  /// Ends all that are posted, because the queue pair has failed or the peer died.
  void flush() {
    while (filled < posted) {
      finish(Status.WR_FLUSH_ERR, 0, 0, 0);
    }
  }

  @Override
  public void onPolled(int requestsPolled) {
    outstanding.addAndGet(-requestsPolled);
  }
}
