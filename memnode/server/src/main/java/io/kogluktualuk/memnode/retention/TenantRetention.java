package io.kogluktualuk.memnode.retention;

import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.memnode.api.CreditsStatus;
import io.kogluktualuk.memnode.api.LeaseTerms;
import io.kogluktualuk.memnode.credit.SpaceDoor;
import io.kogluktualuk.memnode.lease.HoldLedger;
import io.kogluktualuk.memnode.store.BlobTable;
import io.kogluktualuk.memnode.store.Keep;
import io.kogluktualuk.memnode.store.Residents;
import io.kogluktualuk.memnode.store.Room;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// Which blobs of one tenant stay: the one place where holds, pins, classes, credits and the
/// policy meet. What is bound is in [Bindings], what roots reach in [Pins].
///
/// **Threading:** the store's lock: it is called as the store's [Room], or from within
/// [io.kogluktualuk.memnode.store.MemoryStore#withResidents]. **Ownership:** the memory of ledger
/// and policy is lent; nothing of the store is kept between calls. **Invariant:** a bound blob is
/// never evicted. For the grace after the start nothing is: holders from before may still believe
/// in their holds, and the node does not know them. **Bound:** about 52 bytes a blob and 36 a
/// hold, from the start on.
public final class TenantRetention implements Room {

  private final Dues dues;
  private final Bindings bindings;
  private final Pins pins;
  private final RetentionPolicy policy;
  private final HoldLedger ledger;
  private final Map<Hash, Arrival> expected = new HashMap<>();
  private long evicted;
  private long evictedBytes;
  private long evictedAhead;
  private long collected;

  /// @param blobsMax ordinals are below
  /// @param graceNanos how long after the start there may be holds that nobody here knows
  public TenantRetention(
      Arena arena,
      RetentionLimits limits,
      int blobsMax,
      SpaceDoor door,
      int room,
      long graceNanos,
      LongSupplier nanoTime,
      RandomGenerator random) {
    this.dues = new Dues(door, room, CreditsStatus.ACCOUNTS_MAX);
    this.bindings =
        new Bindings(
            arena.allocate(RetentionPolicy.bytesFor(blobsMax), Long.BYTES),
            blobsMax,
            dues,
            graceNanos,
            nanoTime,
            random);
    this.pins = new Pins(bindings);
    this.policy = bindings.policy();
    this.ledger =
        new HoldLedger(
            arena.allocate(HoldLedger.bytesFor(limits.holdsMax()), Long.BYTES),
            limits.holdsMax(),
            limits.leasesMax(),
            bindings);
  }

  /// How much of a store a blob takes.
  public static long size(int length) {
    return Math.ceilDiv(Math.max(1L, length), 64L) * 64;
  }

  /// Begins with what the store lends; every public method calls it first.
  TenantRetention with(Residents residents) {
    bindings.lend(residents);
    return this;
  }

  // What the store tells.

  @Override
  public boolean make(Residents residents, long bytes) {
    with(residents);
    long freed = 0;
    boolean hasMade = false;
    while (!bindings.isInGrace() && (freed < bytes || !hasMade)) {
      int victim = policy.victim();
      if (victim == RetentionPolicy.NONE) {
        break;
      }
      freed += bindings.bytes(victim);
      evict(victim);
      hasMade = true;
    }
    return hasMade;
  }

  private void evict(int blob) {
    evictedBytes += bindings.table().length(blob);
    evicted++;
    bindings.residents().evict(blob);
  }

  /// Makes room ahead of need.
  ///
  /// @param freeBytes as much as there should be
  /// @param max blobs at most
  /// @return whether there may be more to do
  public boolean makeAhead(Residents residents, long freeBytes, int max) {
    with(residents);
    for (int i = 0; i < max; i++) {
      boolean isEnough = residents.capacityBytes() - residents.lentBytes() >= freeBytes;
      int victim = isEnough || bindings.isInGrace() ? RetentionPolicy.NONE : policy.victim();
      if (victim == RetentionPolicy.NONE) {
        return false;
      }
      evict(victim);
      evictedAhead++;
    }
    return true;
  }

  @Override
  public void sealed(Residents residents, int ordinal) {
    with(residents);
    Arrival arrival = expected.isEmpty() ? null : expected.get(residents.hash(ordinal));
    long now = bindings.seconds();
    bindings.arrive(ordinal, arrival == null ? now : Math.min(now, arrival.sinceSeconds()));
    if (arrival != null && arrival.lease() != null) {
      holdSealed(arrival.lease(), ordinal);
    }
    bindings.refresh(ordinal);
  }

  /// The seal must not fail because the lease has ended meanwhile; who sealed asks for the hold
  /// again afterwards, and hears it then.
  private void holdSealed(LeaseTerms lease, int ordinal) {
    try {
      ledger.hold(lease.proof(), ordinal, lease.order());
    } catch (StaleLease | OutOfSpace _) {
      bindings.refresh(ordinal);
    }
  }

  @Override
  public void dropped(Residents residents, int ordinal) {
    with(residents);
    if (bindings.table().holds(ordinal) > 0) {
      ledger.drop(ordinal);
    }
    bindings.leave(ordinal);
  }

  @Override
  public void reserved(Residents residents, Keep keep, int length) {
    dues.take(Bindings.account(keep.account()), size(length));
  }

  @Override
  public void unreserved(Residents residents, Keep keep, int length) {
    dues.give(Bindings.account(keep.account()), size(length));
  }

  // Payments.

  /// What must be paid, by account, before blobs can be bound that are here and are not.
  public Map<Integer, Long> unpaid(Residents residents, List<Hash> hashes) {
    with(residents);
    Map<Integer, Long> unpaid = new HashMap<>();
    for (Hash hash : hashes) {
      int blob = residents.ordinal(hash);
      if (blob != BlobTable.NONE && !bindings.isCharged(blob)) {
        unpaid.merge(bindings.accountOf(blob), bindings.bytes(blob), Long::sum);
      }
    }
    return unpaid;
  }

  /// Takes what binding a blob costs out of a purse.
  ///
  /// @return false when there is too little in it: somebody has let go of the blob since it
  ///     was paid for
  public boolean isPaid(Residents residents, Hash hash, Map<Integer, Long> purse) {
    for (Map.Entry<Integer, Long> price : unpaid(residents, List.of(hash)).entrySet()) {
      long left = purse.getOrDefault(price.getKey(), 0L) - price.getValue();
      if (left < 0) {
        return false;
      }
      purse.put(price.getKey(), left);
    }
    return true;
  }

  /// A call has been charged at the door, and is about to use it.
  public void prepay(Residents residents, Map<Integer, Long> paid) {
    with(residents);
    paid.forEach(dues::prepay);
  }

  /// A call is over: what it has paid and not used goes back.
  public void finish(Residents residents, Map<Integer, Long> paid) {
    with(residents);
    paid.forEach(dues::end);
    dues.settle();
  }

  /// Tells the door what has changed since the last time.
  public void settle(Residents residents) {
    with(residents);
    dues.settle();
  }

  // Leases.

  /// See [HoldLedger#hear], and [HoldLedger#hearAfterStart].
  public void hear(Residents residents, LeaseProof proof, long deadlineNanos) {
    with(residents);
    if (bindings.isInGrace()) {
      ledger.hearAfterStart(proof, 0, deadlineNanos);
    } else {
      ledger.hear(proof, 0, deadlineNanos);
    }
  }

  /// Blobs are about to be sealed.
  public void expect(Residents residents, Arrival arrival, List<Hash> hashes) {
    with(residents);
    hashes.forEach(hash -> expected.put(hash, arrival));
  }

  /// They have been sealed, or not.
  public void unexpect(Residents residents, List<Hash> hashes) {
    with(residents);
    hashes.forEach(expected::remove);
  }

  /// Holds a blob.
  ///
  /// @return how many bytes of what was paid that took; negative when the blob is not here
  public long hold(Residents residents, LeaseTerms lease, Hash hash) {
    with(residents);
    int blob = residents.ordinal(hash);
    if (blob == BlobTable.NONE) {
      return -1;
    }
    boolean wasCharged = bindings.isCharged(blob);
    ledger.hold(lease.proof(), blob, lease.order());
    return wasCharged ? 0 : bindings.bytes(blob);
  }

  /// See [HoldLedger#release].
  public boolean release(Residents residents, LeaseProof proof, long order, Hash hash) {
    with(residents);
    int blob = residents.ordinal(hash);
    return blob != BlobTable.NONE && ledger.release(proof, blob, order);
  }

  /// Ends all holds under a lease, see [HoldLedger#end].
  ///
  /// @return how many that were
  public long releaseAll(Residents residents, LeaseProof proof, long order) {
    with(residents);
    ledger.end(proof, order);
    return ledger.drain(Integer.MAX_VALUE);
  }

  /// The ledger, for what needs no more than the lock.
  public HoldLedger ledger(Residents residents) {
    return with(residents).ledger;
  }

  // Uses and classes.

  /// Somebody has read a blob.
  ///
  /// @return whether it is here
  public boolean touch(Residents residents, Hash hash) {
    with(residents);
    int blob = residents.ordinal(hash);
    if (blob != BlobTable.NONE) {
      policy.touched(blob);
    }
    return blob != BlobTable.NONE;
  }

  /// A blob that is here has been put again, as a source: it is one from now on.
  ///
  /// @param sinceSeconds it has been left alone since then, or since later
  /// @return as [#hold]
  public long keepAsSource(Residents residents, Hash hash, long sinceSeconds) {
    with(residents);
    int blob = residents.ordinal(hash);
    if (blob == BlobTable.NONE) {
      return -1;
    }
    boolean wasCharged = bindings.isCharged(blob);
    if (bindings.table().retention(blob) != Keep.SOURCE) {
      residents.keep(blob, new Keep(Keep.SOURCE, 0, bindings.table().account(blob)));
    }
    bindings.quietSince(blob, Math.max(sinceSeconds, bindings.quietSince(blob)));
    bindings.refresh(blob);
    return wasCharged ? 0 : bindings.bytes(blob);
  }

  /// Others keep a blob as it has to be kept, so that this copy may go when nobody holds it.
  public void becameSurplus(Residents residents, Hash hash) {
    with(residents);
    int blob = residents.ordinal(hash);
    if (blob != BlobTable.NONE) {
      residents.keep(blob, new Keep(Keep.DERIVED, 0, bindings.table().account(blob)));
      pins.unpin(blob);
    }
  }

  /// What roots reach.
  public Pins pins(Residents residents) {
    return with(residents).pins;
  }

  /// Seconds since a blob was put, pinned or let go of.
  long quietSeconds(int blob) {
    return bindings.quietSeconds(blob);
  }

  /// Nobody needs a source any more.
  void collect(int blob) {
    collected++;
    bindings.residents().evict(blob);
  }

  /// See [RetentionPolicy#worth].
  long worth(int blob) {
    return policy.worth(blob);
  }

  public Tally tally(Residents residents) {
    with(residents);
    return new Tally(
        evicted,
        evictedAhead,
        evictedBytes,
        collected,
        ledger.holds(),
        ledger.leases(),
        policy.bytes());
  }
}
