package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvSendWR;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Sends requests over shared memory.
///
/// A request is done at once, by the thread that posts it, whenever it can be: one-sided ones
/// always, messages when the peer has posted a RECV and the ring has room. Otherwise it waits in
/// order, and whoever polls, waits for events, or hears from the peer carries on.
///
/// **Threading:** any thread; the send ring's lock, taken before a completion queue's.
final class RingSender {

  /// Not a status: the request cannot go on now.
  private static final int WAIT = -1;

  /// `rnr_retry` 7 means for ever; each other retry stands for the adapter's longest timer.
  static final int RNR_FOR_EVER = 7;

  static final long RNR_NANOS = TimeUnit.MILLISECONDS.toNanos(655);

  private final SoftwareQueuePair queuePair;
  private final SendRing waiting;
  private final LocalMemory local;
  private final Peer peer;
  private final Ring ring;
  private final OneSided oneSided;
  private final int rnrRetries;
  private final ReentrantLock lock;

  /// Messages sent so far: each has used one RECV of the peer.
  private long messages;

  private long tail;

  /// How much of the first waiting message is in the ring.
  private long sentBytes;

  /// When to stop waiting for a RECV; 0 when not waiting for one.
  private long rnrDeadline;

  private boolean isEnded;
  private volatile boolean hasWaiting;

  RingSender(SoftwareQueuePair queuePair, Peer peer, OneSided oneSided, int rnrRetries) {
    this.queuePair = queuePair;
    this.waiting = queuePair.sends();
    this.local = queuePair.local();
    this.peer = peer;
    this.ring = new Ring(peer.link.own, peer.link.other);
    this.oneSided = oneSided;
    this.rnrRetries = rnrRetries;
    this.lock = waiting.lock;
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
    waiting.admit(request);
    if (queuePair.isFailed()) {
      waiting.complete(request, Status.WR_FLUSH_ERR);
      return;
    }
    // Inline bytes are taken into a slot first.
    int status = waiting.isEmpty() && !request.isInline() ? execute(request) : WAIT;
    if (status != WAIT) {
      waiting.complete(request, status);
      failOn(status);
      return;
    }
    SendRequest kept = waiting.add(request);
    assert kept.id == request.id;
    hasWaiting = true;
    carryOn();
  }

  private void failOn(int status) {
    if (status != Status.SUCCESS) {
      if (status == Status.REM_ACCESS_ERR || status == Status.REM_INV_REQ_ERR) {
        peer.wire.send(new CmMessage.Failed());
      }
      queuePair.fail();
      flush();
    }
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
      int status = execute(waiting.get(waiting.first()));
      if (status == WAIT) {
        // Say so first, then look again: the peer looks the other way round.
        announceWaiting();
        status = execute(waiting.get(waiting.first()));
      }
      if (status == WAIT) {
        return;
      }
      waiting.completeFirst(status);
      failOn(status);
    }
    hasWaiting = false;
  }

  private void announceWaiting() {
    if (!isEnded) {
      Link.INT.setVolatile(peer.link.own, (long) Link.WAITING, peer.howThisSideWaits());
      VarHandle.fullFence();
    }
  }

  /// Whether the sleeper has to look again without being rung.
  boolean prepareToSleep() {
    return hasWaiting;
  }

  private int execute(SendRequest request) {
    if (isEnded || queuePair.isPeerGone()) {
      return Status.RETRY_EXC_ERR;
    }
    if (request.isMessage()) {
      return send(request);
    }
    if (request.opcode != IbvSendWR.IBV_WR_RDMA_WRITE_WITH_IMM) {
      return oneSided.execute(request);
    }
    int ready = awaitReceiver(Ring.HEADER_BYTES);
    int status = ready == Status.SUCCESS ? oneSided.execute(request) : ready;
    if (status == Status.SUCCESS) {
      int flags = Ring.FIRST | Ring.LAST | Ring.IMMEDIATE | Ring.WRITTEN | solicited(request);
      publish(0, (int) request.totalBytes(), flags, request.immediate);
      messages++;
    }
    return status;
  }

  private static int solicited(SendRequest request) {
    return request.isSolicited() ? Ring.SOLICITED : 0;
  }

  /// [Status#SUCCESS] when a RECV is posted and the ring has room.
  private int awaitReceiver(int bytes) {
    // In this order: what a peer that is up has posted is told already.
    boolean isPeerUp = (int) Link.INT.getAcquire(peer.link.other, (long) Link.READY) != 0;
    long posted = (long) Link.LONG.getAcquire(peer.link.other, (long) Link.RECV_POSTED);
    if (messages < posted) {
      rnrDeadline = 0;
      return hasRoom(bytes) ? Status.SUCCESS : WAIT;
    }
    if (rnrRetries == RNR_FOR_EVER || !isPeerUp) {
      return WAIT;
    }
    long now = System.nanoTime();
    if (rnrDeadline == 0) {
      rnrDeadline = now + rnrRetries * RNR_NANOS;
    }
    return now - rnrDeadline >= 0 ? Status.RNR_RETRY_EXC_ERR : WAIT;
  }

  private boolean hasRoom(int bytes) {
    return Link.RING_BYTES - (tail - ring.head()) >= bytes;
  }

  private int send(SendRequest request) {
    long total = request.totalBytes();
    if (sentBytes == 0) {
      int ready = awaitReceiver(Ring.HEADER_BYTES);
      if (ready != Status.SUCCESS) {
        return ready;
      }
      if (total > Integer.MAX_VALUE || !local.isRegistered(request, false)) {
        return Status.LOC_PROT_ERR;
      }
      if (total > recvLength()) {
        publish(0, (int) total, Ring.FIRST | Ring.LAST | Ring.TOO_LONG, 0);
        return Status.REM_OP_ERR;
      }
    }
    return stream(request, total);
  }

  private long recvLength() {
    long at = Link.RECV_LENGTHS + 4 * (messages & Link.RECV_SLOTS - 1);
    return Integer.toUnsignedLong((int) Link.INT.get(peer.link.other, at));
  }

  private int stream(SendRequest request, long total) {
    do {
      int fragment = (int) Math.min(total - sentBytes, Ring.FRAGMENT_BYTES_MAX);
      if (!hasRoom(Ring.recordBytes(fragment))) {
        return WAIT;
      }
      if (!copy(request, fragment)) {
        return Status.LOC_PROT_ERR;
      }
      boolean isLast = sentBytes + fragment == total;
      int flags = (sentBytes == 0 ? Ring.FIRST : 0) | (isLast ? Ring.LAST : 0) | solicited(request);
      boolean hasImmediate = request.opcode == IbvSendWR.IBV_WR_SEND_WITH_IMM;
      sentBytes += fragment;
      publish(
          fragment, (int) total, flags | (hasImmediate ? Ring.IMMEDIATE : 0), request.immediate);
    } while (sentBytes < total);
    sentBytes = 0;
    messages++;
    return Status.SUCCESS;
  }

  private boolean copy(SendRequest request, int fragment) {
    long at = tail + Ring.HEADER_BYTES;
    int first = ring.contiguous(at, fragment);
    return local.gather(request, sentBytes, ring.memory(), ring.offsetOf(at), first)
        && local.gather(
            request, sentBytes + first, ring.memory(), ring.offsetOf(at + first), fragment - first);
  }

  private void publish(int fragment, int total, int flags, int immediate) {
    ring.putHeader(tail, fragment, total, flags, immediate);
    tail += Ring.recordBytes(fragment);
    ring.publishTail(tail);
    peer.ring();
  }

  private void flush() {
    waiting.flush();
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
  void end(Runnable whileIdle) {
    lock.lock();
    try {
      flush();
      isEnded = true;
      whileIdle.run();
    } finally {
      lock.unlock();
    }
  }
}
