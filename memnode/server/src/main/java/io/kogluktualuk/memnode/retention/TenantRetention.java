package io.kogluktualuk.memnode.retention;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.memnode.api.CopyAge;
import io.kogluktualuk.memnode.api.CreditsStatus;
import io.kogluktualuk.memnode.api.LeaseTerms;
import io.kogluktualuk.memnode.credit.SpaceDoor;
import io.kogluktualuk.memnode.lease.HoldCounts;
import io.kogluktualuk.memnode.lease.HoldLedger;
import io.kogluktualuk.memnode.store.BlobTable;
import io.kogluktualuk.memnode.store.CostScale;
import io.kogluktualuk.memnode.store.Keep;
import io.kogluktualuk.memnode.store.Residents;
import io.kogluktualuk.memnode.store.Room;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Which blobs of one tenant stay: the one place where holds, pins, classes, credits and the
/// policy meet.
///
/// A blob is *bound* while it is a source, held or pinned. A bound blob is charged to its account
/// and unknown to the policy; every other one is charged to nobody and known to it. Each change
/// of one of the three goes through [#refresh], which compares that with the `charged` bit in the
/// blob's record and moves it over.
///
/// The policy's word of a record of [BlobTable]:
///
/// ```
///   31                            1   0
///   +------------------------------+---+
///   | seconds since the start      | c |   c: charged
///   +------------------------------+---+
/// ```
///
/// The seconds say when the blob was last put (also when it was here already), pinned or let go
/// of, by the node's monotonic clock; after a start all blobs are as new, which delays collecting
/// them and nothing else.
///
/// **Threading:** the store's lock: it is called as the store's [Room], or from within
/// [io.kogluktualuk.memnode.store.MemoryStore#withResidents]. **Ownership:** the memory of ledger
/// and policy is lent; nothing of the store is kept between calls. **Invariant:** a bound blob is
/// never evicted. For [#grace] after the start nothing is: holders from before may still believe
/// in their holds, and the node does not know them. **Bound:** about 52 bytes a blob and 36 a
/// hold, from the start on.
public final class TenantRetention implements Room, HoldCounts, Candidates {

  private static final int CHARGED = 1;

  private final Dues dues;
  private final HoldLedger ledger;
  private final RetentionPolicy policy;
  private final LongSupplier nanoTime;
  private final long startNanos;
  private final long graceNanos;
  private final Map<Hash, Arrival> expected = new HashMap<>();
  private @Nullable Residents lent;
  private final Marks marks = new Marks();
  private long evicted;
  private long evictedBytes;
  private long evictedAhead;
  private long collected;

  /// @param blobsMax ordinals are below
  /// @param grace how long after the start there may be holds that nobody here knows
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
    this.ledger =
        new HoldLedger(
            arena.allocate(HoldLedger.bytesFor(limits.holdsMax()), Long.BYTES),
            limits.holdsMax(),
            limits.leasesMax(),
            this);
    this.policy =
        new RetentionPolicy(
            arena.allocate(RetentionPolicy.bytesFor(blobsMax), Long.BYTES), blobsMax, this, random);
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
    this.graceNanos = graceNanos;
  }

  private Residents residents() {
    if (lent == null) {
      throw new IllegalStateException("called without the store's lock");
    }
    return lent;
  }

  private BlobTable table() {
    return residents().table();
  }

  /// Begins with what the store lends; every public method calls it first.
  TenantRetention with(Residents residents) {
    this.lent = residents;
    return this;
  }

  long seconds() {
    return (nanoTime.getAsLong() - startNanos) / 1_000_000_000L;
  }

  private boolean isInGrace() {
    return nanoTime.getAsLong() - startNanos < graceNanos;
  }

  /// How much of a store a blob takes.
  public static long size(int length) {
    return Math.ceilDiv(Math.max(1L, length), 64L) * 64;
  }

  private int account(int number) {
    return number < CreditsStatus.ACCOUNTS_MAX ? number : 0;
  }

  // What the store tells.

  @Override
  public boolean make(Residents residents, long bytes) {
    with(residents);
    long freed = 0;
    boolean hasMade = false;
    while (!isInGrace() && (freed < bytes || !hasMade)) {
      int victim = policy.victim();
      if (victim == RetentionPolicy.NONE) {
        break;
      }
      freed += bytes(victim);
      evict(victim);
      hasMade = true;
    }
    return hasMade;
  }

  private void evict(int blob) {
    evictedBytes += table().length(blob);
    evicted++;
    residents().evict(blob);
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
      int victim = isEnough || isInGrace() ? RetentionPolicy.NONE : policy.victim();
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
    table().setHolds(ordinal, 0);
    table().setUses(ordinal, 0);
    Arrival arrival = expected.isEmpty() ? null : expected.get(residents.hash(ordinal));
    long since = arrival == null ? seconds() : Math.min(seconds(), arrival.sinceSeconds());
    table().setPolicy(ordinal, (int) since << 1);
    if (arrival != null && arrival.lease() != null) {
      holdSealed(arrival.lease(), ordinal);
    }
    refresh(ordinal);
  }

  /// The seal must not fail because the lease has ended meanwhile; who sealed asks for the hold
  /// again afterwards, and hears it then.
  private void holdSealed(LeaseTerms lease, int ordinal) {
    try {
      ledger.hold(lease.proof(), ordinal, lease.order());
    } catch (StaleLease | OutOfSpace _) {
      refresh(ordinal);
    }
  }

  @Override
  public void dropped(Residents residents, int ordinal) {
    with(residents);
    if (table().holds(ordinal) > 0) {
      ledger.drop(ordinal);
    }
    policy.remove(ordinal);
    if (isCharged(ordinal)) {
      dues.give(account(table().account(ordinal)), bytes(ordinal));
      table().setPolicy(ordinal, 0);
    }
  }

  @Override
  public void reserved(Residents residents, Keep keep, int length) {
    dues.take(account(keep.account()), size(length));
  }

  @Override
  public void unreserved(Residents residents, Keep keep, int length) {
    dues.give(account(keep.account()), size(length));
  }

  // Bound or not.

  private boolean isCharged(int blob) {
    return (table().policy(blob) & CHARGED) != 0;
  }

  private boolean isBound(int blob) {
    return table().retention(blob) == Keep.SOURCE
        || table().holds(blob) > 0
        || table().pinGeneration(blob) != 0;
  }

  private void refresh(int blob) {
    boolean isBound = isBound(blob);
    if (isBound) {
      policy.remove(blob);
    }
    if (isBound != isCharged(blob)) {
      table().setPolicy(blob, table().policy(blob) ^ CHARGED);
      int account = account(table().account(blob));
      if (isBound) {
        dues.take(account, bytes(blob));
      } else {
        dues.give(account, bytes(blob));
      }
    }
    if (!isBound) {
      policy.add(blob);
    }
  }

  private void quietFromNow(int blob) {
    quietSince(blob, seconds());
  }

  private void quietSince(int blob, long sinceSeconds) {
    table().setPolicy(blob, (int) sinceSeconds << 1 | table().policy(blob) & CHARGED);
  }

  /// Seconds since a blob was put, pinned or let go of.
  long quietSeconds(int blob) {
    return seconds() - (table().policy(blob) >>> 1);
  }

  /// Whether that was before a time of [#quietBefore].
  boolean isQuietBefore(int blob, long before) {
    return table().policy(blob) >>> 1 < before;
  }

  /// Since when a source that may go has been left alone: for the grace, and since before the
  /// generation began. In seconds since the start; 0, when nothing may go.
  long quietBefore(long graceSeconds) {
    return isInGrace() ? 0 : marks.quietBefore(seconds() - graceSeconds + 1);
  }

  /// Everything that roots reach is stamped: what a collection will take is settled, and not
  /// looked after any more. What is put, pinned or held again before it goes stays.
  ///
  /// @return what the first such call of this generation has said
  long condemn(long marked, long quietBefore) {
    return marks.condemn(marked, quietBefore);
  }

  /// Everything that roots reach is stamped with the present generation.
  void endMark() {
    marks.end();
  }

  boolean isPinnedSince(int blob, long marked) {
    int stamp = table().pinGeneration(blob);
    return stamp != 0 && Integer.toUnsignedLong(stamp) >= marked;
  }

  /// Whether a root reaches a blob, as far as is known: a stamp from before the last mark that was
  /// finished says nothing.
  public boolean isPinned(Residents residents, int blob) {
    return with(residents).isPinnedSince(blob, marks.condemned());
  }

  /// Whether a blob is a source that the collection takes which is under way, or was the last:
  /// then no copy of it is missing anywhere.
  public boolean isCondemned(Residents residents, int blob) {
    return with(residents).isQuietBefore(blob, marks.condemnedBefore())
        && table().retention(blob) == Keep.SOURCE
        && table().holds(blob) == 0
        && !isPinnedSince(blob, marks.condemned());
  }

  /// Whether a mark is under way that may yet reach a blob, or leave it to be collected.
  private boolean isUndecided(int blob) {
    return marks.isUndecided(seconds())
        && (table().retention(blob) == Keep.SOURCE || table().pinGeneration(blob) != 0)
        && table().holds(blob) == 0
        && isQuietBefore(blob, marks.begunSeconds())
        && !isPinnedSince(blob, marks.generation());
  }

  /// How old a copy of a blob is; null when none is to be made now, because the blob is about to
  /// be collected, or it is not known yet whether it is.
  public @Nullable CopyAge copyAge(Residents residents, int blob) {
    if (isCondemned(residents, blob) || isUndecided(blob)) {
      return null;
    }
    boolean isMarked = marks.generation() == marks.condemned();
    long quietSeconds = table().holds(blob) > 0 ? 0 : quietSeconds(blob);
    return isMarked ? new CopyAge(marks.generation(), quietSeconds) : CopyAge.NEW;
  }

  // Payments.

  /// What must be paid, by account, before blobs can be bound that are here and are not.
  public Map<Integer, Long> unpaid(Residents residents, List<Hash> hashes) {
    with(residents);
    Map<Integer, Long> unpaid = new HashMap<>();
    for (Hash hash : hashes) {
      int blob = residents.ordinal(hash);
      if (blob != BlobTable.NONE && !isCharged(blob)) {
        unpaid.merge(account(table().account(blob)), bytes(blob), Long::sum);
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
    if (isInGrace()) {
      ledger.hearAfterStart(proof, 0, deadlineNanos);
    } else {
      ledger.hear(proof, 0, deadlineNanos);
    }
  }

  /// What is known of blobs that are about to be sealed.
  ///
  /// @param lease they are held under it from that moment on; null when they are not held
  /// @param sinceSeconds they have been left alone since then, see [#quietSince], or
  ///     [#WHEN_SEALED]
  public record Arrival(@Nullable LeaseTerms lease, long sinceSeconds) {

    /// They are as new when they are sealed.
    public static final long WHEN_SEALED = Long.MAX_VALUE;
  }

  /// Blobs are about to be sealed.
  public void expect(Residents residents, Arrival arrival, List<Hash> hashes) {
    with(residents);
    hashes.forEach(hash -> expected.put(hash, arrival));
  }

  /// Since when what is put now has been left alone, in seconds since the start.
  ///
  /// @param age of what it is a copy of, or null
  public long quietSince(Residents residents, @Nullable CopyAge age) {
    with(residents);
    if (age == null || age.generation() != marks.generation()) {
      return seconds();
    }
    return Math.max(0, seconds() - age.quietSeconds());
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
    boolean wasCharged = isCharged(blob);
    ledger.hold(lease.proof(), blob, lease.order());
    return wasCharged ? 0 : bytes(blob);
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

  @Override
  public int holds(int blob) {
    return table().holds(blob);
  }

  @Override
  public void setHolds(int blob, int holds, int account) {
    table().setHolds(blob, holds);
    quietFromNow(blob);
    refresh(blob);
  }

  // Uses, classes and pins.

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
    boolean wasCharged = isCharged(blob);
    if (table().retention(blob) != Keep.SOURCE) {
      residents.keep(blob, new Keep(Keep.SOURCE, 0, table().account(blob)));
    }
    quietSince(blob, Math.max(sinceSeconds, table().policy(blob) >>> 1));
    refresh(blob);
    return wasCharged ? 0 : bytes(blob);
  }

  /// Others keep a blob as it has to be kept, so that this copy may go when nobody holds it.
  public void becameSurplus(Residents residents, Hash hash) {
    with(residents);
    int blob = residents.ordinal(hash);
    if (blob != BlobTable.NONE) {
      residents.keep(blob, new Keep(Keep.DERIVED, 0, table().account(blob)));
      unpin(blob);
    }
  }

  /// Pins are of this generation from now on, if it is newer.
  public void hearGeneration(Residents residents, long next) {
    with(residents);
    if (next >= marks.generation()) {
      marks.reach(next);
    }
  }

  /// Pins are of this generation from now on, if it is newer. Who speaks of it need not have begun
  /// it: until it is told to this process that it begins, everything here is younger.
  ///
  /// @throws Conflict when it is older
  public void generation(Residents residents, long next) {
    with(residents);
    marks.reach(next);
  }

  /// A mark begins with a new generation of pins. Told again, it has begun when it was told first.
  ///
  /// @throws Conflict when it is older
  public void beginGeneration(Residents residents, long next) {
    with(residents);
    marks.begin(next, seconds());
  }

  /// The present generation of pins.
  public long generationOf(Residents residents) {
    return with(residents).marks.generation();
  }

  long generation() {
    return marks.generation();
  }

  /// Pins a blob with the present generation.
  ///
  /// @return as [#hold]
  public long pin(Residents residents, Hash hash) {
    with(residents);
    int blob = residents.ordinal(hash);
    if (blob == BlobTable.NONE) {
      return -1;
    }
    boolean wasCharged = isCharged(blob);
    residents.pin(blob, (int) marks.generation());
    quietFromNow(blob);
    refresh(blob);
    return wasCharged ? 0 : bytes(blob);
  }

  /// No root reaches a blob any more.
  void unpin(int blob) {
    residents().pin(blob, 0);
    refresh(blob);
  }

  /// Nobody needs a source any more.
  void collect(int blob) {
    collected++;
    residents().evict(blob);
  }

  // What the policy asks for.

  @Override
  public long bytes(int blob) {
    return size(table().length(blob));
  }

  @Override
  public long costMicros(int blob) {
    return CostScale.micros(table().cost(blob));
  }

  @Override
  public int uses(int blob) {
    return table().uses(blob);
  }

  @Override
  public void setUses(int blob, int uses) {
    table().setUses(blob, uses);
  }

  @Override
  public int fingerprint(int blob) {
    return (int) residents().hash(blob).word(2) | 1;
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

  /// What has happened, and what there is.
  ///
  /// @param evictedAhead those of the evicted that nobody was waiting for the room of
  /// @param leases that hold something, or may
  /// @param evictableBytes that may be evicted now
  public record Tally(
      long evicted,
      long evictedAhead,
      long evictedBytes,
      long collected,
      long holds,
      long leases,
      long evictableBytes) {

    public static final Tally NOTHING = new Tally(0, 0, 0, 0, 0, 0, 0);

    public Tally plus(Tally other) {
      return new Tally(
          evicted + other.evicted,
          evictedAhead + other.evictedAhead,
          evictedBytes + other.evictedBytes,
          collected + other.collected,
          holds + other.holds,
          leases + other.leases,
          evictableBytes + other.evictableBytes);
    }
  }
}
