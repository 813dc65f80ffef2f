package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.rpc.Deadline;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The places of one connection's calls in flight.
///
/// Free places form a stack in an array; its head carries a count, so that a place that was taken
/// and given back meanwhile is noticed (Treiber's stack with a version).
///
/// **Threading:** any thread. Taking a free place allocates nothing and waits for nobody.
/// **Bound:** [PendingCall#PLACES] calls; further callers wait, first come, first served.
final class CallTable {

  private static final int PLACE_MASK = PendingCall.PLACES - 1;

  /// Made when they are first taken.
  private final AtomicReferenceArray<@Nullable PendingCall> calls =
      new AtomicReferenceArray<>(PendingCall.PLACES);

  private final int[] below = new int[PendingCall.PLACES];
  private final AtomicLong head = new AtomicLong(PLACE_MASK);
  private final Semaphore places = new Semaphore(PendingCall.PLACES, true);

  CallTable() {
    for (int i = 0; i < below.length; i++) {
      // The lowest place is never looked below: the semaphore counts.
      below[i] = Math.max(0, i - 1);
    }
  }

  /// A place; null when none came free before the deadline.
  @Nullable PendingCall take(Deadline deadline) throws InterruptedException {
    if (places.hasQueuedThreads() || !places.tryAcquire()) {
      long left = Math.max(0, deadline.remainingNanos());
      if (!places.tryAcquire(left, TimeUnit.NANOSECONDS)) {
        return null;
      }
    }
    while (true) {
      long top = head.get();
      int place = (int) top & PLACE_MASK;
      if (head.compareAndSet(top, (top | PLACE_MASK) + 1 | below[place])) {
        return made(place);
      }
    }
  }

  private PendingCall made(int place) {
    PendingCall call = calls.get(place);
    if (call == null) {
      call = new PendingCall(place);
      calls.set(place, call);
    }
    return call;
  }

  void giveBack(PendingCall call) {
    call.end();
    while (true) {
      long top = head.get();
      below[call.place] = (int) top & PLACE_MASK;
      if (head.compareAndSet(top, (top | PLACE_MASK) + 1 | call.place)) {
        places.release();
        return;
      }
    }
  }

  /// The place that a ticket names; null when it was never taken.
  @Nullable PendingCall at(int ticket) {
    return calls.get(PendingCall.placeOf(ticket));
  }

  int inFlight() {
    return PendingCall.PLACES - places.availablePermits();
  }

  void loseAll(String reason) {
    for (int i = 0; i < PendingCall.PLACES; i++) {
      PendingCall call = calls.get(i);
      if (call != null) {
        call.lose(reason);
      }
    }
  }

  /// Wakes callers whose deadline has come near.
  void poke() {
    if (inFlight() == 0) {
      return;
    }
    long now = System.nanoTime();
    for (int i = 0; i < PendingCall.PLACES; i++) {
      PendingCall call = calls.get(i);
      if (call != null) {
        call.poke(now);
      }
    }
  }
}
