package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.measure.Histogram;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Connections of one group that have not proven who they are yet.
///
/// They share places fairly: an address gets another one only while it has fewer than are free.
/// So one that floods gets half of all, two a third each, and for who comes first there is always
/// room: the dynamic thresholds of A. K. Choudhury and E. L. Hahne, *Dynamic queue length
/// thresholds for shared-memory packet switches*, IEEE/ACM Transactions on Networking 6(2), 1998,
/// with factor 1.
///
/// **Threading:** any thread. **Bound:** [#MAX]; further ones are refused until one of those is
/// through or has used up its time.
final class HalfOpen {

  static final int MAX = 64;

  private static final Logger LOG = LoggerFactory.getLogger(HalfOpen.class);
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Map<String, Integer> places = new HashMap<>();
  private final LongAdder refusals;
  private final Histogram handshakes;
  private int taken;
  private final AtomicLong untold = new AtomicLong();
  private final AtomicLong toldAt = new AtomicLong(System.nanoTime() - QUIET_NANOS);

  /// @param refusals counts those that are refused
  /// @param handshakes how long those take that end well
  HalfOpen(LongAdder refusals, Histogram handshakes) {
    this.refusals = refusals;
    this.handshakes = handshakes;
  }

  /// One has ended well.
  void proven(long sinceNanos) {
    handshakes.addSince(sinceNanos);
  }

  /// Takes a place for a connection from an address, if there is one for it.
  synchronized boolean tryEnter(String address) {
    int own = places.getOrDefault(address, 0);
    if (own >= MAX - taken) {
      refusals.increment();
      return false;
    }
    places.put(address, own + 1);
    taken++;
    return true;
  }

  /// Gives a place back; once for each time that one was taken.
  synchronized void leave(String address) {
    places.computeIfPresent(address, (_, own) -> own == 1 ? null : own - 1);
    taken--;
  }

  synchronized int count() {
    return taken;
  }

  /// Tells operators of a refusal; of many, one a second and how many it stands for.
  void refused(String where, String reason) {
    refusals.increment();
    long now = System.nanoTime();
    long last = toldAt.get();
    if (now - last >= QUIET_NANOS && toldAt.compareAndSet(last, now)) {
      LOG.warn(
          "{}: a connection was refused: {} (and {} before)", where, reason, untold.getAndSet(0));
    } else {
      untold.getAndIncrement();
    }
  }
}
