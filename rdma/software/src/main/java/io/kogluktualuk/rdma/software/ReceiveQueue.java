package io.kogluktualuk.rdma.software;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The receive side of a queue pair: posted RECVs, and the peer's ring that fills them.
///
/// **Threading:** any thread; one lock, taken before a completion queue's and never together with
/// the send lock. **Bound:** the queue pair's `max_recv_wr` RECVs.
final class ReceiveQueue {

  private static final Logger LOG = LoggerFactory.getLogger(ReceiveQueue.class);

  /// Records taken in one go, so that other queue pairs get their turn.
  private static final int BATCH = 64;

  private final SoftwareQueuePair queuePair;
  private final SoftwareCompletionQueue completions;
  private final LocalMemory local;
  private final @Nullable ReceiveRequest[] posted;
  private final ReentrantLock lock = new ReentrantLock();

  /// Counts since the beginning; the difference is what is posted now.
  private long postedCount;

  private long takenCount;
  private long head;

  /// Bytes of the current message that have arrived.
  private long arrivedBytes;

  private @Nullable Peer peer;
  private volatile @Nullable Ring ring;
  private volatile long visibleHead;
  private volatile boolean hasPosted;

  ReceiveQueue(
      SoftwareQueuePair queuePair,
      SoftwareCompletionQueue completions,
      LocalMemory local,
      int size) {
    this.queuePair = queuePair;
    this.completions = completions;
    this.local = local;
    this.posted = new @Nullable ReceiveRequest[size];
  }

  void attach(Peer newPeer) {
    lock.lock();
    try {
      peer = newPeer;
      for (long i = takenCount; i < postedCount; i++) {
        publishLength(newPeer, i);
      }
      Link.LONG.setRelease(newPeer.link.own, (long) Link.RECV_POSTED, postedCount);
      ring = new Ring(newPeer.link.other, newPeer.link.own);
    } finally {
      lock.unlock();
    }
  }

  private ReceiveRequest request(long index) {
    ReceiveRequest request = posted[(int) (index % posted.length)];
    if (request == null) {
      throw new IllegalStateException("RECV " + index + " is not posted");
    }
    return request;
  }

  private void publishLength(Peer to, long index) {
    long at = Link.RECV_LENGTHS + 4 * (index & Link.RECV_SLOTS - 1);
    int length = (int) Math.min(request(index).totalBytes(), 0xFFFF_FFFFL);
    Link.INT.set(to.link.own, at, length);
  }

  void post(ReceiveRequest[] requests) throws IOException {
    lock.lock();
    try {
      for (ReceiveRequest request : requests) {
        post(request);
      }
      if (peer != null) {
        peer.ringIfSenderWaits();
      }
    } finally {
      lock.unlock();
    }
  }

  private void post(ReceiveRequest request) throws IOException {
    if (queuePair.isFailed()) {
      complete(request, Status.WR_FLUSH_ERR, 0, 0, 0);
      return;
    }
    if (postedCount - takenCount >= posted.length) {
      throw new IOException("receive queue is full: " + posted.length + " requests are posted");
    }
    posted[(int) (postedCount % posted.length)] = request;
    if (peer != null) {
      publishLength(peer, postedCount);
    }
    postedCount++;
    hasPosted = true;
    if (peer != null) {
      Link.LONG.setRelease(peer.link.own, (long) Link.RECV_POSTED, postedCount);
    }
  }

  /// Whether [#progress] would do something.
  boolean hasWork() {
    if (hasPosted && (queuePair.isFailed() || queuePair.isPeerLost())) {
      return true;
    }
    Ring current = ring;
    return current != null && completions.hasRoom() && hasRecords(current);
  }

  private boolean hasRecords(Ring from) {
    try {
      return !queuePair.isFailed() && from.tail() != visibleHead;
    } catch (IllegalStateException e) {
      // Unmapped since: the queue pair is being destroyed.
      return false;
    }
  }

  /// Moves what has arrived into posted RECVs; does nothing when another thread is at it.
  void progress() {
    if (hasWork() && lock.tryLock()) {
      try {
        takeAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void takeAll() {
    Ring from = ring;
    Peer sender = peer;
    if (from != null && sender != null) {
      int taken = 0;
      while (taken < BATCH && hasRecords(from) && completions.hasRoom()) {
        take(from);
        taken++;
      }
      if (taken > 0) {
        sender.ringIfSenderWaits();
      }
      if (taken == BATCH) {
        return;
      }
    }
    if (queuePair.isFailed() || queuePair.isPeerLost()) {
      flush();
    }
  }

  private void take(Ring from) {
    int fragment = from.headerField(head, 0);
    int total = from.headerField(head, 1);
    int flags = from.headerField(head, 2);
    int immediate = from.headerField(head, 3);
    boolean isSound =
        fragment >= 0
            && fragment <= Ring.FRAGMENT_BYTES_MAX
            && takenCount < postedCount
            && (flags & Ring.FIRST) != 0 == (arrivedBytes == 0);
    if (!isSound) {
      LOG.warn("queue pair {}: its peer broke the ring's rules", queuePair.number());
      queuePair.fail();
      return;
    }
    ReceiveRequest request = request(takenCount);
    int status =
        (flags & Ring.TOO_LONG) != 0 ? Status.LOC_QP_OP_ERR : fill(request, from, fragment);
    arrivedBytes += fragment;
    head += Ring.recordBytes(fragment);
    visibleHead = head;
    from.publishHead(head);
    if (status != Status.SUCCESS || (flags & Ring.LAST) != 0) {
      arrivedBytes = 0;
      remove();
      complete(request, status, total, flags, immediate);
    }
    if (status != Status.SUCCESS) {
      queuePair.fail();
    }
  }

  private int fill(ReceiveRequest request, Ring from, int fragment) {
    long at = head + Ring.HEADER_BYTES;
    int first = from.contiguous(at, fragment);
    boolean isDone =
        local.scatter(request.pieces(), arrivedBytes, from.memory(), from.offsetOf(at), first)
            && local.scatter(
                request.pieces(),
                arrivedBytes + first,
                from.memory(),
                from.offsetOf(at + first),
                fragment - first);
    return isDone ? Status.SUCCESS : Status.LOC_PROT_ERR;
  }

  private void remove() {
    posted[(int) (takenCount % posted.length)] = null;
    takenCount++;
    hasPosted = takenCount < postedCount;
  }

  private void flush() {
    while (takenCount < postedCount && completions.hasRoom()) {
      ReceiveRequest request = request(takenCount);
      remove();
      complete(request, Status.WR_FLUSH_ERR, 0, 0, 0);
    }
  }

  private void complete(ReceiveRequest request, int status, int bytes, int flags, int immediate) {
    boolean isWritten = (flags & Ring.WRITTEN) != 0;
    boolean hadRoom =
        completions.push(
            request.id(),
            status,
            isWritten ? Status.OPCODE_RECV_RDMA_WITH_IMM : Status.OPCODE_RECV,
            bytes,
            queuePair.number(),
            (flags & Ring.IMMEDIATE) != 0 ? Status.FLAG_WITH_IMM : 0,
            immediate,
            (flags & Ring.SOLICITED) != 0);
    assert hadRoom || queuePair.isFailed();
  }

  /// Runs while nothing is being received, and ends all use of the peer.
  void detach(Runnable whileIdle) {
    lock.lock();
    try {
      peer = null;
      ring = null;
      whileIdle.run();
    } finally {
      lock.unlock();
    }
  }
}
