package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.lease.LeaseSource;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.LeaseTerms;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Keeps one lease alive, and gets another token when it has lapsed.
///
/// Its time counts from before the control plane was asked, on this process's monotonic clock; so
/// it is over here before it is over there, whatever the clocks do [1].
///
/// **Threading:** any thread; one asks at a time, the others wait for it.
///
/// [1] C. Gray, D. Cheriton: Leases. SOSP 1989, section 5.
final class LeaseKeeper {

  private final LeaseSource source;
  private final LeaseSettings settings;
  private final LeaseId id;
  private final LongSupplier nanoTime;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable Living living;
  private volatile long lapses;

  /// @param endNanos when it must not be relied on any more
  record Living(LeaseProof proof, long endNanos) {}

  LeaseKeeper(LeaseSource source, LeaseSettings settings, LeaseId id, LongSupplier nanoTime) {
    this.source = source;
    this.settings = settings;
    this.id = id;
    this.nanoTime = nanoTime;
  }

  /// The lease, if there is one that lives.
  @Nullable Living living() {
    Living now = living;
    return now == null || leftNanos(now) <= 0 ? null : now;
  }

  /// What to show to memory nodes; asks the control plane when there is no lease or too little
  /// left of it.
  ///
  /// @param order draws the next number, once the lease is there
  LeaseTerms terms(Deadline deadline, LongSupplier order) {
    Living now = living;
    if (now == null || isDue(now)) {
      now = renew(now, deadline);
    }
    return new LeaseTerms(now.proof(), settings.ttl(), order.getAsLong());
  }

  /// Whether it should be renewed: half of its time is over.
  boolean isDue() {
    Living now = living;
    return now != null && isDue(now);
  }

  private boolean isDue(Living lease) {
    return leftNanos(lease) <= settings.ttl().toNanos() / 2;
  }

  private long leftNanos(Living lease) {
    return lease.endNanos() - nanoTime.getAsLong();
  }

  /// Renews, unless somebody has done so since it was `known`.
  Living renew(@Nullable Living known, Deadline deadline) {
    asking.lock();
    try {
      Living now = living;
      if (now != null && now != known) {
        return now;
      }
      long askedNanos = nanoTime.getAsLong();
      LeaseProof proof = now == null ? acquire(deadline) : renewed(now, deadline);
      Living fresh = new Living(proof, askedNanos + LeaseTerms.reliableNanos(settings.ttl()));
      living = fresh;
      return fresh;
    } finally {
      asking.unlock();
    }
  }

  private LeaseProof acquire(Deadline deadline) {
    return source.acquire(id, settings.account(), settings.ttl(), deadline);
  }

  private LeaseProof renewed(Living now, Deadline deadline) {
    try {
      return source.renew(now.proof(), settings.ttl(), deadline);
    } catch (StaleLease e) {
      lapsed(now.proof());
      return acquire(deadline);
    }
  }

  /// Somebody has refused this proof: the next to ask gets another token.
  void lapsed(LeaseProof proof) {
    asking.lock();
    try {
      Living now = living;
      if (now != null && now.proof().equals(proof)) {
        living = null;
        lapses++;
      }
    } finally {
      asking.unlock();
    }
  }

  /// How often the lease has ended although it was wanted.
  long lapses() {
    return lapses;
  }

  /// Gives the lease back.
  void release() {
    asking.lock();
    try {
      Living now = living;
      living = null;
      if (now != null && leftNanos(now) > 0) {
        source.release(now.proof(), Deadline.after(settings.callTimeout()));
      }
    } finally {
      asking.unlock();
    }
  }

  Duration ttl() {
    return settings.ttl();
  }
}
