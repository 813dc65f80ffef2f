package io.kogluktualuk.computenode.server;

import io.kogluktualuk.computenode.runtime.store.Keeper;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.reader.Held;
import io.kogluktualuk.memnode.reader.Leases;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.function.LongSupplier;

/// Holds what this node has answered lately, so that whoever got the answer has time to fetch it
/// or to hold it himself.
///
/// Two scopes take turns: what is kept goes to the younger one; after each period the elder is let
/// go. So an answer is held for one to two periods.
///
/// **Threading:** any thread. **Ownership:** the leases are lent. **Bound:** what is answered
/// within two periods.
final class RecentHolds implements Keeper, AutoCloseable {

  private static final Duration CALL_MAX = Duration.ofSeconds(10);

  private final Leases leases;
  private final Duration period;
  private final LongSupplier nanoTime;
  private Held younger;
  private Held elder;
  private long turnNanos;

  /// @param period as long as a client's first read may take to begin
  RecentHolds(Leases leases, Duration period, LongSupplier nanoTime) {
    this.leases = leases;
    this.period = period;
    this.nanoTime = nanoTime;
    this.younger = leases.open();
    this.elder = leases.open();
    this.turnNanos = nanoTime.getAsLong() + period.toNanos();
  }

  @Override
  public Kept keep(Collection<Hash> hashes) {
    tick();
    long until = nanoTime.getAsLong() + period.toNanos();
    Held scope;
    synchronized (this) {
      scope = younger;
    }
    Set<Hash> absent = scope.hold(hashes, Deadline.after(CALL_MAX));
    return new Kept(absent, until);
  }

  /// Lets go of what has been held long enough. To be called now and then.
  void tick() {
    Held done;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      if (turnNanos - now > 0) {
        return;
      }
      turnNanos = now + period.toNanos();
      done = elder;
      elder = younger;
      younger = leases.open();
    }
    done.close();
  }

  @Override
  public synchronized void close() {
    younger.close();
    elder.close();
  }
}
