package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.CopyAge;
import io.kogluktualuk.memnode.api.RepairStatus;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.NodeBlobs;
import io.kogluktualuk.memnode.reader.Placement;
import io.kogluktualuk.memnode.reader.PutPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks after the blobs of one store: after every change of members at those that it concerns,
/// and every now and then at all of them.
///
/// It looks at other nodes' indexes by one-sided reads, and copies what is missing there, not
/// faster than [RepairSettings] says. A copy goes the way of every put, so it is verified on
/// arrival.
///
/// **Threading:** one thread of its own; the methods from any. **Ownership:** owns the thread.
/// Store and session are lent; they live longer. **Bound:** a page of blobs at a time.
/// **Errors:** what fails is counted and tried again in the next round, which then comes soon.
public final class RepairAgent implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RepairAgent.class);

  /// A few large reads of each index; the store's lock is held for moments only.
  private static final int PAGE = 256;

  private static final Duration CALL_MAX = Duration.ofSeconds(10);

  /// How often it looks whether something has been found damaged.
  private static final Duration GLANCE = Duration.ofSeconds(2);

  private final String self;
  private final LocalBlobs local;
  private final FabricBlobs fabric;
  private final NodeBlobs nodes;
  private final RepairSettings settings;
  private final RepairTally tally = new RepairTally();
  private final TokenBucket bandwidth;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock.
  private List<MemoryNode> members = List.of();
  private List<MemoryNode> looked = List.of();
  private long changedNanos;
  private boolean isClosed;
  private boolean isInDoubt;

  /// How many damaged blobs a round has seen; the thread's own.
  private int damagedSeen;

  /// Nodes that did not answer in this round: they are left for the next one, so that a round does
  /// not wait for them once for each blob; the thread's own.
  private final Set<String> away = new HashSet<>();

  /// For which everything was in order at the end of a round; the thread's own.
  private @Nullable Placement settled;

  private RepairAgent(
      String name, String self, LocalBlobs local, FabricBlobs fabric, RepairSettings settings) {
    this.self = self;
    this.local = local;
    this.fabric = fabric;
    this.nodes = fabric.nodes();
    this.settings = settings;
    this.bandwidth = new TokenBucket(settings.bytesPerSecond(), System.nanoTime());
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

  public RepairStatus status() {
    return tally.status();
  }

  private void run() {
    try {
      RepairTurns turns = new RepairTurns(settings.sweep(), System.nanoTime());
      List<MemoryNode> last = List.of();
      while (true) {
        Placement now = awaitWork(turns.nextNanos());
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
        long waitNanos = untilNanos - System.nanoTime();
        if (isInDoubt || !members.equals(looked)) {
          waitNanos = changedNanos + settings.settle().toNanos() - System.nanoTime();
        }
        boolean isDamaged = local.damaged().size() > damagedSeen;
        if ((waitNanos <= 0 || isDamaged) && !members.isEmpty()) {
          looked = members;
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

  /// Looks at all local blobs.
  ///
  /// @param before see [RepairPlanner]
  /// @return whether all is in order now
  private boolean round(Placement placement, @Nullable Placement before)
      throws InterruptedException {
    RepairPlanner planner = new RepairPlanner(self, settings.replicas(), placement, before);
    RepairTally.Round round = tally.begin();
    away.clear();
    restoreDamaged(round);
    int from = 0;
    do {
      LocalBlobs.Page page = local.page(from, PAGE);
      look(planner, placement, page.blobs().stream().filter(planner::concerns).toList(), round);
      from = page.next();
      if (isOutdated(placement)) {
        return false;
      }
    } while (from != 0);
    tally.end(round, planner.isDraining());
    return round.failed == 0 && round.left == 0;
  }

  /// Ends early when the members have changed.
  private void look(
      RepairPlanner planner, Placement placement, List<LocalBlob> blobs, RepairTally.Round round)
      throws InterruptedException {
    Map<String, List<Hash>> questions = new HashMap<>();
    for (LocalBlob blob : blobs) {
      for (String node : planner.toAsk(blob)) {
        questions.computeIfAbsent(node, _ -> new ArrayList<>()).add(blob.hash());
      }
    }
    Map<String, Set<Hash>> answers = new HashMap<>();
    questions.forEach((node, hashes) -> ask(node, hashes, answers));
    for (LocalBlob blob : blobs) {
      if (isOutdated(placement)) {
        return;
      }
      Set<String> having = new HashSet<>();
      Set<String> silent = new HashSet<>();
      for (String node : planner.toAsk(blob)) {
        Set<Hash> present = answers.get(node);
        if (present == null) {
          silent.add(node);
        } else if (present.contains(blob.hash())) {
          having.add(node);
        }
      }
      act(blob, planner.plan(blob, having, silent), planner.isDraining(), having, round);
    }
    tally.looked(blobs.size());
  }

  private void ask(String node, List<Hash> hashes, Map<String, Set<Hash>> answers) {
    try {
      answers.put(node, nodes.present(node, hashes, Deadline.after(CALL_MAX)));
    } catch (FabricException e) {
      // It is silent; what it may have is not known.
    }
  }

  private void act(
      LocalBlob blob,
      RepairPlanner.Plan plan,
      boolean isDraining,
      Set<String> having,
      RepairTally.Round round)
      throws InterruptedException {
    int copied = 0;
    for (String target : plan.targets()) {
      copied += copy(blob, target, round) ? 1 : 0;
    }
    int left = plan.missing() - copied;
    round.missing += left;
    round.failed += plan.missing() - copied > 0 ? 1 : 0;
    boolean isConfirmed = !plan.isSurplus() || isConfirmed(blob, having);
    if (!plan.isFinished() || !isConfirmed) {
      round.left++;
      round.leftBytes += isDraining ? blob.length() : 0;
    }
    if (plan.isSurplus() && isConfirmed) {
      local.becameSurplus(blob.hash());
      tally.surplus();
    }
  }

  /// Has each node that has a copy confirm that it keeps it as a source, on its device: what an
  /// index shows might be a surplus copy there, too, for whoever saw other members, or lost with
  /// the next stop of that machine.
  private boolean isConfirmed(LocalBlob blob, Set<String> having) throws InterruptedException {
    for (String node : having) {
      if (!send(blob, node, true)) {
        return false;
      }
    }
    return true;
  }

  private boolean copy(LocalBlob blob, String target, RepairTally.Round round)
      throws InterruptedException {
    if (!send(blob, target, false)) {
      tally.failed();
      return false;
    }
    tally.copied(blob.length());
    return true;
  }

  private boolean send(LocalBlob blob, String target, boolean isDurable)
      throws InterruptedException {
    if (away.contains(target)) {
      return false;
    }
    TimeUnit.NANOSECONDS.sleep(bandwidth.take(blob.length(), System.nanoTime()));
    CopyAge age = local.copyAge(blob.hash());
    if (age == null) {
      return false;
    }
    try {
      Deadline deadline = Deadline.after(CALL_MAX);
      Blob bytes = nodes.get(self, blob.hash(), deadline);
      return store(blob, bytes, target, age, isDurable, deadline);
    } catch (FabricException e) {
      failed(blob, target, e);
      return false;
    }
  }

  private void failed(LocalBlob blob, String target, FabricException reason) {
    LOG.debug("copying {} to {}: {}", blob, target, reason.getMessage());
    if (reason instanceof Unavailable || reason instanceof DeadlineExceeded) {
      away.add(target);
    }
  }

  /// A copy is kept as the blob is: as old, at the same account's cost, pinned if it is. Which pin
  /// it is has to be the present one, as a node refuses older ones; where a mark has not been
  /// finished, a blob that no root reaches any more may so stay until the next collection but one.
  private boolean store(
      LocalBlob blob,
      Blob bytes,
      String target,
      CopyAge age,
      boolean isDurable,
      Deadline deadline) {
    PutPolicy kept =
        PutPolicy.source(1)
            .withRetention(blob.retention())
            .withAccount(blob.account())
            .copying(age);
    PutPolicy policy = isDurable ? kept.durable() : kept;
    Map<Hash, FabricException> failed = nodes.put(target, List.of(bytes), policy, deadline);
    failed.values().forEach(reason -> failed(blob, target, reason));
    if (!failed.isEmpty() || !blob.isPinned()) {
      return failed.isEmpty();
    }
    List<Hash> pinned = List.of(blob.hash());
    return nodes.pin(target, local.generation(), pinned, deadline).containsAll(pinned);
  }

  /// Fetches what was found damaged here from whoever has it.
  private void restoreDamaged(RepairTally.Round round) {
    List<LocalBlob> damaged = local.damaged();
    damagedSeen = damaged.size();
    if (damaged.isEmpty()) {
      return;
    }
    try {
      List<Hash> hashes = damaged.stream().map(LocalBlob::hash).toList();
      Set<Hash> present = nodes.present(self, hashes, Deadline.after(CALL_MAX));
      for (LocalBlob blob : damaged) {
        if (!present.contains(blob.hash()) && restore(blob)) {
          tally.restored();
        }
      }
    } catch (FabricException e) {
      round.failed++;
    }
  }

  private boolean restore(LocalBlob blob) {
    try {
      return store(
          blob, fabric.get(blob.hash()), self, CopyAge.NEW, false, Deadline.after(CALL_MAX));
    } catch (FabricException e) {
      return false; // it is nowhere else: if it was derived, somebody computes it again
    }
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
