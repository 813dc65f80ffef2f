package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvSendWR;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The send side of a queue pair.
///
/// A request is done at once, by the thread that posts it, whenever it can be: one-sided ones
/// always, messages when the peer has posted a RECV and the ring has room. Otherwise it waits here
/// in order, and whoever polls, waits for events, or hears from the peer carries on.
///
/// **Threading:** any thread; one lock, taken before a completion queue's.
/// **Bound:** the queue pair's `max_send_wr` requests wait.
final class SendQueue {

  /// Not a status: the request cannot go on now.
  private static final int WAIT = -1;

  /// `rnr_retry` 7 means for ever; each other retry stands for the adapter's longest timer.
  private static final int RNR_FOR_EVER = 7;

  private static final long RNR_NANOS = TimeUnit.MILLISECONDS.toNanos(655);

  private final SoftwareQueuePair queuePair;
  private final SoftwareCompletionQueue completions;
  private final LocalMemory local;
  private final int waitingMax;
  private final boolean signalsAll;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<SendRequest> waiting = new ArrayDeque<>();

  /// Messages sent so far: each has used one RECV of the peer.
  private long messages;

  private long tail;

  /// How much of the first waiting message is in the ring.
  private long sentBytes;

  /// When to stop waiting for a RECV; 0 when not waiting for one.
  private long rnrDeadline;

  private int rnrRetries = RNR_FOR_EVER;
  private @Nullable Peer peer;
  private @Nullable Ring ring;
  private @Nullable OneSided oneSided;
  private volatile boolean hasWaiting;

  SendQueue(
      SoftwareQueuePair queuePair,
      SoftwareCompletionQueue completions,
      LocalMemory local,
      int waitingMax,
      boolean signalsAll) {
    this.queuePair = queuePair;
    this.completions = completions;
    this.local = local;
    this.waitingMax = waitingMax;
    this.signalsAll = signalsAll;
  }

  void attach(Peer newPeer, OneSided access, int retries) {
    lock.lock();
    try {
      peer = newPeer;
      ring = new Ring(newPeer.link.own, newPeer.link.other);
      oneSided = access;
      rnrRetries = retries;
    } finally {
      lock.unlock();
    }
  }

  void post(SendRequest[] requests) throws IOException {
    lock.lock();
    try {
      for (SendRequest request : requests) {
        post(request);
      }
    } finally {
      lock.unlock();
    }
  }

  private void post(SendRequest request) throws IOException {
    if (queuePair.isFailed()) {
      complete(request, Status.WR_FLUSH_ERR);
      return;
    }
    if (peer == null) {
      throw new IOException("queue pair " + queuePair.getQp_num() + " is not connected");
    }
    int status = waiting.isEmpty() ? execute(request) : WAIT;
    if (status != WAIT) {
      finish(request, status);
      return;
    }
    if (waiting.size() >= waitingMax) {
      throw new IOException("send queue is full: " + waitingMax + " requests wait");
    }
    waiting.addLast(request.copy());
    hasWaiting = true;
    carryOn();
  }

  /// Goes on with requests that wait; does nothing when another thread is at it.
  void progress() {
    if (hasWaiting && lock.tryLock()) {
      try {
        carryOn();
      } finally {
        lock.unlock();
      }
    }
  }

  private void carryOn() {
    while (!waiting.isEmpty()) {
      if (queuePair.isFailed()) {
        flush();
        return;
      }
      int status = execute(waiting.getFirst());
      if (status == WAIT) {
        // Say so first, then look again: the peer looks the other way round.
        announceWaiting();
        status = execute(waiting.getFirst());
      }
      if (status == WAIT) {
        return;
      }
      finish(waiting.removeFirst(), status);
    }
    hasWaiting = false;
  }

  private void announceWaiting() {
    if (peer != null) {
      Link.INT.setVolatile(peer.link.own, (long) Link.WAITING, queuePair.howItWaits());
      java.lang.invoke.VarHandle.fullFence();
    }
  }

  /// Whether the sleeper has to look again without being rung.
  boolean prepareToSleep() {
    return hasWaiting;
  }

  private int execute(SendRequest request) {
    if (peer == null || ring == null || oneSided == null || queuePair.isPeerGone()) {
      return Status.RETRY_EXC_ERR;
    }
    if (request.isMessage()) {
      return send(request, peer, ring);
    }
    if (request.opcode != IbvSendWR.IBV_WR_RDMA_WRITE_WITH_IMM) {
      return oneSided.execute(request);
    }
    int ready = awaitReceiver(peer, ring, Ring.HEADER_BYTES);
    int status = ready == Status.SUCCESS ? oneSided.execute(request) : ready;
    if (status == Status.SUCCESS) {
      int flags = Ring.FIRST | Ring.LAST | Ring.IMMEDIATE | Ring.WRITTEN | solicited(request);
      publish(ring, peer, 0, (int) request.totalBytes(), flags, request.immediate);
      messages++;
    }
    return status;
  }

  private static int solicited(SendRequest request) {
    return request.isSolicited() ? Ring.SOLICITED : 0;
  }

  /// [Status#SUCCESS] when a RECV is posted and the ring has room.
  private int awaitReceiver(Peer to, Ring into, int bytes) {
    long posted = (long) Link.LONG.getAcquire(to.link.other, (long) Link.RECV_POSTED);
    if (messages < posted) {
      rnrDeadline = 0;
      return hasRoom(into, bytes) ? Status.SUCCESS : WAIT;
    }
    if (rnrRetries == RNR_FOR_EVER) {
      return WAIT;
    }
    long now = System.nanoTime();
    if (rnrDeadline == 0) {
      rnrDeadline = now + rnrRetries * RNR_NANOS;
    }
    return now - rnrDeadline >= 0 ? Status.RNR_RETRY_EXC_ERR : WAIT;
  }

  private boolean hasRoom(Ring into, int bytes) {
    return Link.RING_BYTES - (tail - into.head()) >= bytes;
  }

  private int send(SendRequest request, Peer to, Ring into) {
    long total = request.totalBytes();
    if (sentBytes == 0) {
      int ready = awaitReceiver(to, into, Ring.HEADER_BYTES);
      if (ready != Status.SUCCESS) {
        return ready;
      }
      if (total > Integer.MAX_VALUE || !local.isRegistered(request.pieces, false)) {
        return Status.LOC_PROT_ERR;
      }
      if (total > recvLength(to)) {
        publish(into, to, 0, (int) total, Ring.FIRST | Ring.LAST | Ring.TOO_LONG, 0);
        return Status.REM_OP_ERR;
      }
    }
    return stream(request, to, into, total);
  }

  private long recvLength(Peer to) {
    long at = Link.RECV_LENGTHS + 4 * (messages & Link.RECV_SLOTS - 1);
    return Integer.toUnsignedLong((int) Link.INT.get(to.link.other, at));
  }

  private int stream(SendRequest request, Peer to, Ring into, long total) {
    do {
      int fragment = (int) Math.min(total - sentBytes, Ring.FRAGMENT_BYTES_MAX);
      if (!hasRoom(into, Ring.recordBytes(fragment))) {
        return WAIT;
      }
      if (!copy(request, into, fragment)) {
        return Status.LOC_PROT_ERR;
      }
      boolean isLast = sentBytes + fragment == total;
      int flags = (sentBytes == 0 ? Ring.FIRST : 0) | (isLast ? Ring.LAST : 0) | solicited(request);
      boolean hasImmediate = request.opcode == IbvSendWR.IBV_WR_SEND_WITH_IMM;
      sentBytes += fragment;
      publish(
          into,
          to,
          fragment,
          (int) total,
          flags | (hasImmediate ? Ring.IMMEDIATE : 0),
          request.immediate);
    } while (sentBytes < total);
    sentBytes = 0;
    messages++;
    return Status.SUCCESS;
  }

  private boolean copy(SendRequest request, Ring into, int fragment) {
    long at = tail + Ring.HEADER_BYTES;
    int first = into.contiguous(at, fragment);
    return local.gather(request.pieces, sentBytes, into.memory(), into.offsetOf(at), first)
        && local.gather(
            request.pieces,
            sentBytes + first,
            into.memory(),
            into.offsetOf(at + first),
            fragment - first);
  }

  private void publish(Ring into, Peer to, int fragment, int total, int flags, int immediate) {
    into.putHeader(tail, fragment, total, flags, immediate);
    tail += Ring.recordBytes(fragment);
    into.publishTail(tail);
    to.ring();
  }

  private void finish(SendRequest request, int status) {
    if (status != Status.SUCCESS) {
      complete(request, status);
      queuePair.fail();
      flush();
    } else if (signalsAll || request.isSignaled()) {
      complete(request, status);
    }
  }

  private void complete(SendRequest request, int status) {
    boolean hadRoom =
        completions.push(
            request.id,
            status,
            request.completionOpcode(),
            (int) request.totalBytes(),
            queuePair.number(),
            0,
            0,
            false);
    if (!hadRoom) {
      queuePair.fail();
    }
  }

  /// Completes all that waits, because the queue pair has failed.
  private void flush() {
    while (!waiting.isEmpty()) {
      complete(waiting.removeFirst(), Status.WR_FLUSH_ERR);
    }
    sentBytes = 0;
    hasWaiting = false;
  }

  /// Something has happened to the peer or the queue pair.
  void onStateChange() {
    lock.lock();
    try {
      carryOn();
    } finally {
      lock.unlock();
    }
  }

  /// Runs while nothing is being posted, and ends all use of the peer.
  void detach(Runnable whileIdle) {
    lock.lock();
    try {
      flush();
      peer = null;
      ring = null;
      oneSided = null;
      whileIdle.run();
    } finally {
      lock.unlock();
    }
  }
}
