package io.kogluktualuk.memnode.credit;

import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.measure.Distribution;
import io.kogluktualuk.fabric.measure.Histogram;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.CreditsStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// Where those who want room that may not be evicted wait for it.
///
/// **Threading:** any thread; only [#charge] waits. Locks nothing but its own books, and calls
/// nobody while it does, so it may be called under the store's lock.
/// **Bound:** that of [SpaceLedger].
public final class SpaceDoor {

  private final AccountNumbers names;
  private final SpaceLedger ledger;
  private final Runnable onShort;
  private final Histogram waits = Histogram.ofTimes();
  private final LongAdder refused = new LongAdder();
  private final long restNanos;

  /// Guarded by the ledger.
  private long lookedNanos;

  /// @param rest for how long an account keeps what it does not need
  /// @param nowNanos now, by the clock of [#needs]
  /// @param onShort run, outside all locks, when somebody begins to wait: the time to ask for more
  public SpaceDoor(
      AccountNumbers names, SpaceLedger ledger, Duration rest, long nowNanos, Runnable onShort) {
    this.names = names;
    this.ledger = ledger;
    this.restNanos = rest.toNanos();
    this.lookedNanos = nowNanos;
    this.onShort = onShort;
  }

  /// Charges bytes, waiting for them until the deadline.
  ///
  /// @throws io.kogluktualuk.fabric.fault.OutOfCredits when the account has too few in time
  /// @throws io.kogluktualuk.fabric.fault.OutOfSpace when the room has too few in time
  public void charge(int account, int room, long bytes, Deadline deadline) {
    if (bytes == 0) {
      return;
    }
    CountDownLatch granted = new CountDownLatch(1);
    Claim claim;
    synchronized (ledger) {
      claim = ledger.claim(account, room, bytes, granted::countDown);
      if (claim.isGranted()) {
        return;
      }
    }
    onShort.run();
    long begin = System.nanoTime();
    try {
      await(granted, claim, deadline);
    } finally {
      waits.addSince(begin);
    }
  }

  private void await(CountDownLatch granted, Claim claim, Deadline deadline) {
    boolean isInterrupted = false;
    try {
      granted.await(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      isInterrupted = true;
    }
    synchronized (ledger) {
      if (claim.isGranted()) {
        if (isInterrupted) {
          Thread.currentThread().interrupt();
        }
        return;
      }
      RuntimeException refusal = ledger.refusal(claim, names.name(claim.account).name());
      ledger.withdraw(claim);
      refused.increment();
      if (isInterrupted) {
        Thread.currentThread().interrupt();
        throw new Unavailable("interrupted while waiting for credits", refusal);
      }
      throw refusal;
    }
  }

  public void chargeAnyway(int account, int room, long bytes) {
    synchronized (ledger) {
      ledger.chargeAnyway(account, room, bytes);
    }
  }

  public void uncharge(int account, int room, long bytes) {
    synchronized (ledger) {
      ledger.uncharge(account, room, bytes);
    }
  }

  /// What an account has to ask for, or to give back.
  ///
  /// @param wanted more bytes, and `least` the fewest of them that are of use; 0 for none
  /// @param surplus bytes to give back; 0 for none
  public record Need(int number, Account account, long wanted, long least, long surplus) {

    /// Asks for nothing but the balance: for what has been asked and not been answered, when
    /// nothing is needed any more.
    public Need forBalance() {
      return ofBalance(number, account);
    }

    private static Need ofBalance(int number, Account account) {
      return new Need(number, account, 0, 1, 0);
    }
  }

  /// The accounts that have something to settle with the control plane.
  ///
  /// @param nowNanos a monotonic clock
  public List<Need> needs(long nowNanos) {
    List<Need> needs = new ArrayList<>();
    synchronized (ledger) {
      if (nowNanos - lookedNanos >= restNanos) {
        lookedNanos = nowNanos;
        ledger.lookBack();
      }
      for (int number : ledger.active()) {
        long wanted = ledger.wanted(number);
        long surplus = wanted > 0 ? 0 : ledger.surplus(number);
        if (wanted > 0 || surplus > 0) {
          long least = Math.min(wanted, ledger.least(number));
          needs.add(new Need(number, names.name(number), wanted, least, surplus));
        } else if (ledger.isOutdated(number)) {
          needs.add(Need.ofBalance(number, names.name(number)));
        }
      }
    }
    return needs;
  }

  /// All accounts that the node has ever known, with nothing to ask for: what the control plane
  /// says of them tells what an earlier process was given and nobody has returned.
  public List<Need> former() {
    List<Need> former = new ArrayList<>();
    for (int number = 0; number < names.count(); number++) {
      former.add(Need.ofBalance(number, names.name(number)));
    }
    return former;
  }

  /// See [SpaceLedger#allotted].
  public void allotted(int account, long here, long limit, long everywhere) {
    synchronized (ledger) {
      ledger.allotted(account, here, limit, everywhere);
    }
  }

  /// An account gives bytes back that it does not charge; nobody gets them any more.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when they are charged by now: then there is
  /// another need
  public void givingBack(int account, long bytes) {
    synchronized (ledger) {
      ledger.givingBack(account, bytes);
    }
  }

  public CreditsStatus status() {
    List<CreditsStatus.Row> rows = new ArrayList<>();
    synchronized (ledger) {
      for (int number : ledger.active()) {
        SpaceLedger.Standing at = ledger.standing(number);
        rows.add(
            new CreditsStatus.Row(
                names.name(number), at.allotted(), at.charged(), at.waiting(), at.waitingBytes()));
      }
    }
    return new CreditsStatus(rows);
  }

  /// All bytes charged in a room.
  public long chargedIn(int room) {
    synchronized (ledger) {
      return ledger.chargedIn(room);
    }
  }

  /// How many wait now.
  public int waiting() {
    synchronized (ledger) {
      return ledger.waiting();
    }
  }

  /// How long those have waited that had to, since the start, whatever came of it.
  public Distribution waits() {
    return waits.read();
  }

  /// How often it was in vain.
  public long refused() {
    return refused.sum();
  }
}
