package io.kogluktualuk.rdma.software;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fills posted RECVs from the peer's ring.
///
/// **Threading:** any thread; the posted RECVs' lock, taken before a completion queue's and never
/// together with the send lock except at the end.
final class RingReceiver {

  private static final Logger LOG = LoggerFactory.getLogger(RingReceiver.class);

  /// Records taken in one go, so that other queue pairs get their turn.
  private static final int BATCH = 64;

  private final SoftwareQueuePair queuePair;
  private final PostedReceives receives;
  private final SoftwareCompletionQueue completions;
  private final LocalMemory local;
  private final Peer peer;
  private final ReentrantLock lock;
  private long head;

  /// Bytes of the current message that have arrived.
  private long arrivedBytes;

  private volatile @Nullable Ring ring;
  private volatile long visibleHead;

  RingReceiver(SoftwareQueuePair queuePair, Peer peer) {
    this.queuePair = queuePair;
    this.receives = queuePair.receives();
    this.completions = queuePair.receiveCompletions();
    this.local = queuePair.local();
    this.peer = peer;
    this.lock = receives.lock;
  }

  /// Publishes what has been posted before. Under the lock.
  void begin() {
    for (long i = receives.filled(); i < receives.posted(); i++) {
      publishLength(i);
    }
    Link.LONG.setRelease(peer.link.own, (long) Link.RECV_POSTED, receives.posted());
    Link.INT.setRelease(peer.link.own, (long) Link.READY, 1);
    ring = new Ring(peer.link.other, peer.link.own);
    peer.ringIfSenderWaits();
  }

  private void publishLength(long index) {
    long at = Link.RECV_LENGTHS + 4 * (index & Link.RECV_SLOTS - 1);
    int length = (int) Math.min(receives.get(index).totalBytes(), 0xFFFF_FFFFL);
    Link.INT.set(peer.link.own, at, length);
  }

  void post(ReceiveRequest[] requests) throws IOException {
    lock.lock();
    try {
      for (ReceiveRequest request : requests) {
        receives.post(request);
        if (ring != null && !queuePair.isFailed()) {
          publishLength(receives.posted() - 1);
          Link.LONG.setRelease(peer.link.own, (long) Link.RECV_POSTED, receives.posted());
        }
      }
      if (ring != null) {
        peer.ringIfSenderWaits();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Whether [#progress] would do something.
  boolean hasWork() {
    if (receives.canComplete() || receives.hasPosted() && queuePair.isFailed()) {
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
        receives.complete();
        takeAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void takeAll() {
    Ring from = ring;
    if (from != null) {
      int taken = 0;
      while (taken < BATCH && hasRecords(from) && completions.hasRoom()) {
        take(from);
        taken++;
      }
      if (taken > 0) {
        peer.ringIfSenderWaits();
      }
      if (taken == BATCH) {
        return;
      }
    }
    if (queuePair.isFailed()) {
      receives.flush();
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
            && receives.hasPosted()
            && (flags & Ring.FIRST) != 0 == (arrivedBytes == 0);
    if (!isSound) {
      LOG.warn("queue pair {}: its peer broke the ring's rules", queuePair.number());
      queuePair.fail();
      return;
    }
    int status = (flags & Ring.TOO_LONG) != 0 ? Status.LOC_QP_OP_ERR : fill(from, fragment);
    arrivedBytes += fragment;
    head += Ring.recordBytes(fragment);
    visibleHead = head;
    from.publishHead(head);
    if (status != Status.SUCCESS || (flags & Ring.LAST) != 0) {
      arrivedBytes = 0;
      receives.finish(status, total, completionFlags(flags), immediate);
    }
    if (status != Status.SUCCESS) {
      queuePair.fail();
    }
  }

  private static int completionFlags(int flags) {
    return ((flags & Ring.IMMEDIATE) != 0 ? PostedReceives.IMMEDIATE : 0)
        | ((flags & Ring.SOLICITED) != 0 ? PostedReceives.SOLICITED : 0)
        | ((flags & Ring.WRITTEN) != 0 ? PostedReceives.WRITTEN : 0);
  }

  private int fill(Ring from, int fragment) {
    ReceiveRequest request = receives.get(receives.filled());
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

  /// Runs while nothing is being received, and ends all use of the peer.
  void end(Runnable whileIdle) {
    lock.lock();
    try {
      ring = null;
      whileIdle.run();
    } finally {
      lock.unlock();
    }
  }
}
