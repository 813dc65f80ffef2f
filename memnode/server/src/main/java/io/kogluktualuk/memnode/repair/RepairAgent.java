package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.RepairStatus;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.Placement;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Looks after the blobs of one store: after every change of members at those that it concerns,
/// and every now and then at all of them.
///
/// It looks at other nodes' indexes by one-sided reads, and copies what is missing there, not
/// faster than [RepairSettings] says.
///
/// **Threading:** one thread of its own; the methods from any. **Ownership:** owns the thread.
/// Store and session are lent; they live longer. **Bound:** see [RepairRound].
/// **Errors:** what fails is counted and tried again in the next round, which then comes soon.
public final class RepairAgent implements AutoCloseable {

  /// Of how many blobs at a time it remembers that somebody has told it about them.
  private static final int SCARCE_MAX = 1 << 16;

  /// How often it looks whether something has been found damaged.
  private static final Duration GLANCE = Duration.ofSeconds(2);

  private final String self;
  private final LocalBlobs local;
  private final FabricBlobs fabric;
  private final RepairSettings settings;
  private final RepairTally tally = new RepairTally();
  private final Copier copier;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock.
  private List<MemoryNode> members = List.of();
  private List<MemoryNode> looked = List.of();
  private long changedNanos;
  private boolean isClosed;
  private boolean isInDoubt;
  private final Set<Hash> scarce = new LinkedHashSet<>();
  private long scarceNanos = System.nanoTime();

  /// How many damaged blobs a round has seen; the thread's own.
  private int damagedSeen;

  /// For which everything was in order at the end of a round; the thread's own.
  private @Nullable Placement settled;

  private RepairAgent(
      String name, String self, LocalBlobs local, FabricBlobs fabric, RepairSettings settings) {
    this.self = self;
    this.local = local;
    this.fabric = fabric;
    this.settings = settings;
    this.copier = new Copier(self, local, fabric.nodes(), settings.bytesPerSecond());
    this.thread = Thread.ofPlatform().daemon().name("memnode-repair-" + name).unstarted(this::run);
  }

  /// @param name of the store, for people
  /// @param self this node's id
  public static RepairAgent start(
      String name, String self, LocalBlobs local, FabricBlobs fabric, RepairSettings settings) {
    RepairAgent agent = new RepairAgent(name, self, local, fabric, settings);
    agent.thread.start();
    return agent;
  }

  /// Tells who the members are now.
  public void members(List<MemoryNode> now) {
    lock.lock();
    try {
      if (!members.equals(now)) {
        members = List.copyOf(now);
        changedNanos = System.nanoTime();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// A node has come back that may have lost what it had: everything is looked at again soon.
  public void lookAgain() {
    lock.lock();
    try {
      isInDoubt = true;
      changedNanos = System.nanoTime();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Blobs were put here and on fewer other nodes than they should be on.
  public void lookAfter(List<Hash> hashes) {
    lock.lock();
    try {
      if (scarce.size() + hashes.size() > SCARCE_MAX) {
        isInDoubt = true;
      } else {
        scarce.addAll(hashes);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  public RepairStatus status() {
    return tally.status();
  }

  private void run() {
    try {
      RepairTurns turns = new RepairTurns(settings.sweep(), System.nanoTime());
      List<MemoryNode> last = List.of();
      while (true) {
        Placement now = awaitWork(turns.nextNanos());
        lookAfterScarce(now);
        if (!isRoundDue(turns.nextNanos(), now)) {
          continue;
        }
        boolean isSweep = turns.isSweep(System.nanoTime());
        boolean wasInDoubt = takeDoubt();
        settled = wasInDoubt ? null : settled;
        boolean isInOrder = round(now, isSweep ? null : settled);
        boolean hadReason = wasInDoubt || !now.nodes().equals(last);
        turns.looked(hadReason, isSweep, isInOrder, System.nanoTime());
        settled = isInOrder ? now : settled;
        last = now.nodes();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /// Waits until the members have changed and then stayed so for a while, or until a time.
  private Placement awaitWork(long untilNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        if (isClosed) {
          throw new InterruptedException();
        }
        long waitNanos = roundNanos(untilNanos);
        if (!scarce.isEmpty()) {
          waitNanos = Math.min(waitNanos, scarceNanos - System.nanoTime());
        }
        if ((waitNanos <= 0 || isDamaged()) && !members.isEmpty()) {
          return Placement.of(members);
        }
        // Damage is not told, but looked for.
        boolean isIdle = members.isEmpty() || waitNanos > GLANCE.toNanos();
        changed.awaitNanos(isIdle ? GLANCE.toNanos() : waitNanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /// How long until all blobs are looked at; the lock is held.
  private long roundNanos(long untilNanos) {
    boolean hasReason = isInDoubt || !members.equals(looked);
    long due = hasReason ? changedNanos + settings.settle().toNanos() : untilNanos;
    return due - System.nanoTime();
  }

  private boolean isDamaged() {
    return local.damaged().size() > damagedSeen;
  }

  private boolean isRoundDue(long untilNanos, Placement now) {
    lock.lock();
    try {
      boolean isDue = roundNanos(untilNanos) <= 0 || isDamaged();
      looked = isDue ? now.nodes() : looked;
      return isDue;
    } finally {
      lock.unlock();
    }
  }

  /// Looks at the blobs that have too few copies as somebody has told; at the same again after a
  /// while.
  private void lookAfterScarce(Placement now) throws InterruptedException {
    List<Hash> some = takeScarce();
    if (!some.isEmpty()) {
      RepairPlanner planner = new RepairPlanner(self, settings.replicas(), now, null);
      lookAfter(
          new RepairRound(planner, local, fabric, copier, tally, () -> isOutdated(now)).run(some));
    }
  }

  private List<Hash> takeScarce() {
    lock.lock();
    try {
      if (System.nanoTime() - scarceNanos < 0) {
        return List.of();
      }
      List<Hash> taken = List.copyOf(scarce);
      scarce.clear();
      scarceNanos = System.nanoTime() + RepairTurns.SOON.toNanos();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private boolean takeDoubt() {
    lock.lock();
    try {
      boolean was = isInDoubt;
      isInDoubt = false;
      return was;
    } finally {
      lock.unlock();
    }
  }

  private boolean isOutdated(Placement placement) {
    lock.lock();
    try {
      return isClosed || !placement.nodes().equals(members);
    } finally {
      lock.unlock();
    }
  }

  /// @param before see [RepairPlanner]
  /// @return whether all is in order now
  private boolean round(Placement placement, @Nullable Placement before)
      throws InterruptedException {
    damagedSeen = local.damaged().size();
    RepairPlanner planner = new RepairPlanner(self, settings.replicas(), placement, before);
    return new RepairRound(planner, local, fabric, copier, tally, () -> isOutdated(placement))
        .run();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
    try {
      TimeUnit.SECONDS.timedJoin(thread, 30);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
