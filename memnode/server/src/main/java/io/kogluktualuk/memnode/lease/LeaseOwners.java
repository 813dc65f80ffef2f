package io.kogluktualuk.memnode.lease;

import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.memnode.api.LeaseTerms;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Whose leases are those that are shown at this node: of whoever shows one here first, until it
/// has lapsed here. So who has got to know another's lease can neither let go of what is held
/// under it here, nor make that last, nor hold more.
///
/// The control plane knows who acquired a lease and renews it for nobody else; this node is not
/// told, as it would take a call for each. So who knows a lease before its owner has come here
/// can keep the owner from using it here, for the time that it says; a lease is 16 random bytes.
///
/// **Threading:** any thread. **Bound:** [#leasesMax] leases; one more is [OutOfSpace].
public final class LeaseOwners {

  private final int leasesMax;
  private final LongSupplier nanoTime;
  private final Map<LeaseId, Owned> leases = new HashMap<>();

  private record Owned(String owner, long untilNanos) {}

  public LeaseOwners(int leasesMax, LongSupplier nanoTime) {
    this.leasesMax = leasesMax;
    this.nanoTime = nanoTime;
  }

  /// Somebody shows a lease.
  ///
  /// @param who role and name, proven
  /// @return false when the lease is another's
  /// @throws OutOfSpace when so many are known that no other can be
  public synchronized boolean use(String who, LeaseTerms lease) {
    long now = nanoTime.getAsLong();
    LeaseId id = lease.proof().id();
    Owned known = living(id, now);
    if (known != null && !known.owner().equals(who)) {
      return false;
    }
    if (known == null && leases.size() >= leasesMax) {
      makeRoom(id, now);
    }
    long until = now + lease.ttl().toNanos();
    if (known != null && known.untilNanos() - until > 0) {
      until = known.untilNanos();
    }
    leases.put(id, new Owned(who, until));
    return true;
  }

  /// Whether somebody may let go of what is held under a lease.
  public synchronized boolean mayRelease(String who, LeaseId id) {
    Owned known = living(id, nanoTime.getAsLong());
    return known == null || known.owner().equals(who);
  }

  private @Nullable Owned living(LeaseId id, long now) {
    Owned known = leases.get(id);
    return known != null && known.untilNanos() - now > 0 ? known : null;
  }

  private void makeRoom(LeaseId id, long now) {
    leases.values().removeIf(each -> each.untilNanos() - now <= 0);
    if (leases.size() >= leasesMax) {
      throw new OutOfSpace(
          "lease " + id + ": " + leasesMax + " leases are known here, which is the limit");
    }
  }
}
