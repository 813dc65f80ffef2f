package io.kogluktualuk.memnode.retention;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.CreditsStatus;
import io.kogluktualuk.memnode.lease.HoldCounts;
import io.kogluktualuk.memnode.store.BlobTable;
import io.kogluktualuk.memnode.store.CostScale;
import io.kogluktualuk.memnode.store.Keep;
import io.kogluktualuk.memnode.store.Residents;
import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Which blobs of one tenant are *bound*, and so charged to their account and unknown to the
/// policy; every other one is charged to nobody and known to it.
///
/// A blob is bound while it is a source, held or pinned. Each change of one of the three goes
/// through [#refresh], which compares that with the `charged` bit in the blob's record and moves
/// it over.
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
/// **Threading:** the store's lock. **Ownership:** the policy's memory is lent; what the store
/// lends is used until the next [#lend].
final class Bindings implements HoldCounts, Candidates {

  private static final int CHARGED = 1;

  private final Dues dues;
  private final RetentionPolicy policy;
  private final LongSupplier nanoTime;
  private final long startNanos;
  private final long graceNanos;
  private @Nullable Residents lent;

  /// @param memory for the policy, see [RetentionPolicy#bytesFor]
  Bindings(
      MemorySegment memory,
      int blobsMax,
      Dues dues,
      long graceNanos,
      LongSupplier nanoTime,
      RandomGenerator random) {
    this.dues = dues;
    this.policy = new RetentionPolicy(memory, blobsMax, this, random);
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
    this.graceNanos = graceNanos;
  }

  /// Begins with what the store lends.
  void lend(Residents residents) {
    this.lent = residents;
  }

  Residents residents() {
    if (lent == null) {
      throw new IllegalStateException("called without the store's lock");
    }
    return lent;
  }

  BlobTable table() {
    return residents().table();
  }

  RetentionPolicy policy() {
    return policy;
  }

  /// Since the start.
  long seconds() {
    return (nanoTime.getAsLong() - startNanos) / 1_000_000_000L;
  }

  /// Whether there may be holds from before the start.
  boolean isInGrace() {
    return nanoTime.getAsLong() - startNanos < graceNanos;
  }

  /// The account that is meant by a number.
  static int account(int number) {
    return number < CreditsStatus.ACCOUNTS_MAX ? number : 0;
  }

  /// Who pays for a blob while it is bound.
  int accountOf(int blob) {
    return account(table().account(blob));
  }

  boolean isCharged(int blob) {
    return (table().policy(blob) & CHARGED) != 0;
  }

  /// Of a blob of which nothing is known yet.
  void arrive(int blob, long sinceSeconds) {
    table().setHolds(blob, 0);
    table().setUses(blob, 0);
    table().setPolicy(blob, (int) sinceSeconds << 1);
  }

  /// A blob has gone.
  void leave(int blob) {
    policy.remove(blob);
    if (isCharged(blob)) {
      dues.give(accountOf(blob), bytes(blob));
      table().setPolicy(blob, 0);
    }
  }

  private boolean isBound(int blob) {
    return table().retention(blob) == Keep.SOURCE
        || table().holds(blob) > 0
        || table().pinGeneration(blob) != 0;
  }

  /// Something has changed on which it depends whether a blob is bound.
  void refresh(int blob) {
    boolean isBound = isBound(blob);
    if (isBound) {
      policy.remove(blob);
    }
    if (isBound != isCharged(blob)) {
      table().setPolicy(blob, table().policy(blob) ^ CHARGED);
      if (isBound) {
        dues.take(accountOf(blob), bytes(blob));
      } else {
        dues.give(accountOf(blob), bytes(blob));
      }
    }
    if (!isBound) {
      policy.add(blob);
    }
  }

  void quietFromNow(int blob) {
    quietSince(blob, seconds());
  }

  void quietSince(int blob, long sinceSeconds) {
    table().setPolicy(blob, (int) sinceSeconds << 1 | table().policy(blob) & CHARGED);
  }

  /// When a blob was put, pinned or let go of, in seconds since the start.
  long quietSince(int blob) {
    return table().policy(blob) >>> 1;
  }

  /// Seconds since then.
  long quietSeconds(int blob) {
    return seconds() - quietSince(blob);
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

  @Override
  public long bytes(int blob) {
    return TenantRetention.size(table().length(blob));
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
    Hash hash = residents().hash(blob);
    return (int) hash.word(2) | 1;
  }
}
