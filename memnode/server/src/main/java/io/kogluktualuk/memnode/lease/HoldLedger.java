package io.kogluktualuk.memnode.lease;

import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Which leases hold which blobs of one tenant, and until when.
///
/// A hold is a pair of a lease and a blob. All holds under a lease end together when its time is
/// over; so the time is the lease's, a hold is 32 bytes, and to let a million holds last longer
/// is one assignment. Ending a lease takes its name away at once and its holds in portions
/// ([#drain]), so that nobody waits for a million of them: meanwhile the blobs stay, which harms
/// nobody.
///
/// A lease that shows a greater token than before is the same holder's after a lapse: it keeps
/// its holds, and the former token is refused from then on. Tokens of leases that are not known
/// here any more are the business of [FenceKeeper].
///
/// That a token is dead does not end what it holds: its holder believes in the hold until its own
/// time is over, so a revocation takes effect only then, as for C. Gray, D. Cheriton: *Leases: An
/// Efficient Fault-Tolerant Mechanism for Distributed File Cache Consistency* (1989).
///
/// A holder's calls overtake each other, and come twice. Each has an order, and a release does not
/// end a hold that was asked for with a greater one.
///
/// **Threading:** one thread at a time: the store's lock. **Ownership:** the pool's memory is
/// lent. **Units:** times in nanoseconds of one monotonic clock. **Invariant:** the counts of all
/// blobs add up to the number of holds. **Bound:** holds and leases, fixed from the start on;
/// beyond them [OutOfSpace] says which. Each call is O(1) amortised over the holds that it begins
/// or ends; [#expire] looks at all leases, but only when one is due.
public final class HoldLedger {

  private final HoldPool pool;
  private final HoldCounts counts;
  private final int leasesMax;
  private final Map<LeaseId, Living> living = new HashMap<>();
  private final ArrayDeque<Living> ended = new ArrayDeque<>();
  private final ArrayDeque<Integer> freeSlots = new ArrayDeque<>();
  private int freshSlot;

  /// No living lease ends before it; only meaningful while one lives.
  private long earliest;

  /// A lease that has, or may get, holds here.
  private static final class Living {
    private final LeaseId id;
    private final int slot;
    private final int account;
    private long token;
    private long deadline;
    private long order;
    private int first = HoldPool.NONE;

    Living(LeaseId id, int slot, int account, long token, long deadline) {
      this.id = id;
      this.slot = slot;
      this.account = account;
      this.token = token;
      this.deadline = deadline;
    }
  }

  /// @param memory all zeros, [#bytesFor] long
  public HoldLedger(MemorySegment memory, int holdsMax, int leasesMax, HoldCounts counts) {
    this.pool = new HoldPool(memory, holdsMax);
    this.leasesMax = leasesMax;
    this.counts = counts;
  }

  /// What the pool of so many holds takes.
  public static long bytesFor(int holdsMax) {
    return HoldPool.bytesFor(holdsMax);
  }

  /// Gets to know a lease, or hears of it again: all its holds last until the deadline, or longer
  /// if they did already.
  ///
  /// @param account who pays for what it holds; only heard the first time
  /// @throws StaleLease when a greater token has been shown for the lease
  /// @throws OutOfSpace when there are too many leases
  public void hear(LeaseProof proof, int account, long deadline) {
    Living lease = find(proof);
    if (lease == null) {
      lease = open(proof, account, deadline);
    }
    lease.token = proof.token();
    if (deadline - lease.deadline > 0) {
      lease.deadline = deadline;
    }
    if (living.size() == 1 || lease.deadline - earliest < 0) {
      earliest = lease.deadline;
    }
  }

  /// As [#hear], while there may be holders who believe in holds of an earlier process. Who only
  /// renews a lease names no blobs, and would go on believing. So a lease that is not known here
  /// is refused until it is shown with a greater token: its holder then holds everything again.
  ///
  /// @throws StaleLease when it has not been shown here before, too
  public void hearAfterStart(LeaseProof proof, int account, long deadline) {
    boolean isKnown = living.containsKey(proof.id());
    hear(proof, account, deadline);
    if (!isKnown) {
      Objects.requireNonNull(living.get(proof.id())).token = proof.token() + 1;
      throw new StaleLease(
          "lease "
              + proof.id()
              + " is not known to this node, which has started again: what is to be held here must"
              + " be held again, under a greater token than "
              + proof.token());
    }
  }

  private @Nullable Living find(LeaseProof proof) {
    Living lease = living.get(proof.id());
    if (lease != null && proof.token() < lease.token) {
      throw new StaleLease(
          "lease "
              + proof.id()
              + " has been taken over: token "
              + proof.token()
              + " is older than "
              + lease.token);
    }
    return lease;
  }

  private Living open(LeaseProof proof, int account, long deadline) {
    if (living.size() + ended.size() >= leasesMax) {
      throw new OutOfSpace(
          "lease " + proof.id() + ": " + leasesMax + " leases hold blobs here, which is the limit");
    }
    Integer free = freeSlots.poll();
    int slot = free == null ? freshSlot++ : free;
    Living lease = new Living(proof.id(), slot, account, proof.token(), deadline);
    living.put(proof.id(), lease);
    return lease;
  }

  /// Whether a lease holds a blob.
  public boolean isHeldBy(LeaseId id, int blob) {
    Living lease = living.get(id);
    return lease != null && pool.find(lease.slot, blob) != HoldPool.NONE;
  }

  /// Holds a blob under a lease that has been heard of and lives.
  ///
  /// @param order of the call that asks
  /// @return false when it did already
  /// @throws StaleLease when the lease is not known (any more), or has been taken over
  /// @throws OutOfSpace when there are too many holds in all, or on the blob
  public boolean hold(LeaseProof proof, int blob, long order) {
    Living lease = find(proof);
    if (lease == null) {
      throw new StaleLease("lease " + proof.id() + " has lapsed here");
    }
    lease.order = Math.max(lease.order, order);
    int found = pool.find(lease.slot, blob);
    if (found != HoldPool.NONE) {
      pool.ordered(found, order);
      return false;
    }
    int holds = counts.holds(blob);
    if (holds >= HoldCounts.HOLDS_MAX) {
      throw new OutOfSpace("lease " + proof.id() + ": a blob has at most " + holds + " holds");
    }
    int hold = pool.add(lease.slot, blob, lease.first, order);
    if (hold == HoldPool.NONE) {
      throw new OutOfSpace(
          "lease " + proof.id() + ": there are " + pool.capacity() + " holds, which is the limit");
    }
    lease.first = hold;
    counts.setHolds(blob, holds + 1, lease.account);
    return true;
  }

  /// Ends one hold, unless it has been asked for since.
  ///
  /// @param order of the call that asks
  /// @return whether there was one
  /// @throws StaleLease when the lease has been taken over
  public boolean release(LeaseProof proof, int blob, long order) {
    Living lease = find(proof);
    int hold = lease == null ? HoldPool.NONE : pool.find(lease.slot, blob);
    if (lease == null || hold == HoldPool.NONE || pool.order(hold) > order) {
      return false;
    }
    remove(lease, hold);
    return true;
  }

  private void remove(Living lease, int hold) {
    int blob = pool.blob(hold);
    lease.first = pool.remove(hold, lease.first);
    counts.setHolds(blob, counts.holds(blob) - 1, lease.account);
  }

  /// Ends all holds of a lease, unless some has been asked for since; [#drain] lets go of the
  /// blobs.
  ///
  /// @param order of the call that asks
  /// @throws StaleLease when the lease has been taken over
  public void end(LeaseProof proof, long order) {
    Living lease = find(proof);
    if (lease != null && lease.order <= order) {
      end(lease);
    }
  }

  private void end(Living lease) {
    living.remove(lease.id);
    ended.add(lease);
  }

  /// Ends the leases whose time is over.
  public void expire(long now) {
    if (living.isEmpty() || now - earliest < 0) {
      return;
    }
    long next = now + Long.MAX_VALUE;
    for (Living lease : living.values().toArray(Living[]::new)) {
      if (now - lease.deadline >= 0) {
        end(lease);
      } else if (lease.deadline - next < 0) {
        next = lease.deadline;
      }
    }
    earliest = next;
  }

  /// Lets go of blobs of leases that have ended.
  ///
  /// @param max how many at most
  /// @return how many it was; fewer than asked for when none is left
  public int drain(int max) {
    int let = 0;
    while (let < max && !ended.isEmpty()) {
      Living lease = ended.getFirst();
      if (lease.first == HoldPool.NONE) {
        freeSlots.add(ended.removeFirst().slot);
      } else {
        remove(lease, lease.first);
        let++;
      }
    }
    return let;
  }

  /// Ends all holds on a blob that is gone. Looks at all leases: for damaged blobs, which are
  /// rare.
  public void drop(int blob) {
    living.values().forEach(lease -> drop(lease, blob));
    ended.forEach(lease -> drop(lease, blob));
  }

  private void drop(Living lease, int blob) {
    int hold = pool.find(lease.slot, blob);
    if (hold != HoldPool.NONE) {
      remove(lease, hold);
    }
  }

  /// How many holds there are, those of leases that have ended included.
  public int holds() {
    return pool.size();
  }

  public int leases() {
    return living.size();
  }
}
