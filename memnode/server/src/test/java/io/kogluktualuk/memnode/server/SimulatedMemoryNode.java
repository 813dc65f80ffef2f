package io.kogluktualuk.memnode.server;

import static io.kogluktualuk.memnode.server.SimulatedTime.MILLI;
import static io.kogluktualuk.memnode.server.SimulatedTime.SECOND;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.HeartbeatReply;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.model.members.MembersCommand;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.memnode.api.CreditsStatus;
import io.kogluktualuk.memnode.credit.AccountNumbers;
import io.kogluktualuk.memnode.credit.SpaceDoor;
import io.kogluktualuk.memnode.credit.SpaceLedger;
import io.kogluktualuk.memnode.lease.FenceFile;
import io.kogluktualuk.memnode.lease.FenceKeeper;
import io.kogluktualuk.memnode.retention.RetentionLimits;
import io.kogluktualuk.memnode.retention.TenantRetention;
import io.kogluktualuk.memnode.store.DiskMemory;
import io.kogluktualuk.memnode.store.MemoryStore;
import io.kogluktualuk.memnode.store.SimulatedStore;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A memory node: everything real from its calls downwards, but for threads, verbs and the disk.
///
/// **Threading:** one thread.
final class SimulatedMemoryNode {

  /// What may not be evicted.
  static final long ROOM_BYTES = 48 << 10;

  /// How much its blobs take when it has made room ahead of need.
  private static final long FULL_BYTES = 64 << 10;

  private static final long CAPACITY_BYTES = 16 << 20;
  private static final long CREDIT_STEP = 8 << 10;
  private static final Duration CREDIT_REST = Duration.ofSeconds(2);
  private static final RetentionLimits LIMITS = new RetentionLimits(1024, 64, 16);

  private final String name;
  private final Path folder;
  private final SimulatedTime time;
  private final SimulatedControl control;
  private final RandomGenerator random;
  private final Consumer<SimulatedMemoryNode> onSync;
  private final SimulatedStore disk;
  private final Set<Hash> lostByStop = new HashSet<>();
  private NodeId id;
  private final int clockDrift;
  private long clockOffset;
  private @Nullable Process process;
  private int starts;
  private boolean isSettling;

  /// What ends with the process.
  final class Process {
    final MemoryStore store = disk.start();
    final AccountNumbers names = AccountNumbers.open(folder);
    final FenceKeeper fences = FenceKeeper.open(new FenceFile(folder));
    final SpaceDoor door =
        new SpaceDoor(
            names,
            new SpaceLedger(CreditsStatus.ACCOUNTS_MAX, new long[] {ROOM_BYTES}, CREDIT_STEP),
            CREDIT_REST,
            clock(),
            SimulatedMemoryNode.this::settle);
    final TenantKeeping keeping;
    private final TenantRetention retention;
    private final long graceEnd = clock() + fences.grace().toNanos();
    private final Settlement settlement =
        new Settlement(
            new Treasury.ControlPlane(
                new ControlClient(new SimulatedChannel(name, control), Duration.ofSeconds(1)),
                id,
                new RequestIds(random)),
            door);
    private boolean isRegistered;
    final long chargedAtStart;

    Process() {
      retention =
          new TenantRetention(
              Arena.ofAuto(),
              LIMITS,
              store.withResidents(residents -> residents.table().capacity()),
              door,
              0,
              fences.grace().toNanos(),
              SimulatedMemoryNode.this::clock,
              random);
      store.consult(retention);
      keeping =
          new TenantKeeping(
              store,
              retention,
              door,
              0,
              names,
              fences,
              SimulatedMemoryNode.this::clock,
              Duration.ZERO,
              Duration.ZERO,
              false);
      keeping.work(0);
      chargedAtStart = keeping.charged();
    }

    /// Whether it holds a blob that it has. For a while after a start it throws nothing away, and
    /// that is as good.
    boolean holds(LeaseId lease, Hash hash) {
      return clock() - graceEnd < 0
          || store.withResidents(
              residents -> retention.ledger(residents).isHeldBy(lease, residents.ordinal(hash)));
    }
  }

  SimulatedMemoryNode(
      String name,
      Path folder,
      DiskMemory memory,
      SimulatedTime time,
      SimulatedControl control,
      RandomGenerator random,
      Consumer<SimulatedMemoryNode> onSync) {
    this.name = name;
    this.folder = folder;
    this.time = time;
    this.control = control;
    this.random = random;
    this.onSync = onSync;
    this.clockDrift = SimulatedTime.drift(random);
    this.id = NodeId.of(random);
    this.disk = new SimulatedStore(folder, memory, random, this::clock);
    this.process = start();
  }

  String name() {
    return name;
  }

  NodeId id() {
    return id;
  }

  SimulatedStore disk() {
    return disk;
  }

  boolean isUp() {
    return process != null;
  }

  Process process() {
    return Objects.requireNonNull(process);
  }

  /// Null while it is down.
  @Nullable Process processOrNull() {
    return process;
  }

  /// Blobs that it had and that a stop took.
  Set<Hash> lostByStop() {
    return lostByStop;
  }

  /// Its own monotonic clock: nobody else's, at a rate of its own, and another one after each
  /// start.
  private long clock() {
    return time.now() + time.now() * clockDrift / 1_000_000 + clockOffset;
  }

  private Process start() {
    clockOffset = random.nextLong(-1L << 60, 1L << 60);
    starts++;
    int start = starts;
    Process fresh = new Process();
    time.after(random.nextLong(100 * MILLI), () -> beat(start));
    time.after(random.nextLong(100 * MILLI), () -> work(start));
    time.after(random.nextLong(500 * MILLI), () -> keepUp(start));
    return fresh;
  }

  void restart() {
    if (process == null) {
      process = start();
      disk.hashes().forEach(lostByStop::remove);
    }
  }

  /// The process ends; the machine runs on.
  void kill() {
    if (process != null) {
      disk.kill();
      process = null;
    }
  }

  /// The machine stops.
  void crash() {
    if (process != null) {
      lostByStop.addAll(disk.hashes());
      disk.crash();
      process = null;
    }
  }

  /// Comes back with an empty disk, and so as another node.
  void replace() {
    crash();
    disk.wipe();
    lostByStop.clear();
    id = NodeId.of(random);
    process = start();
  }

  private boolean isStill(int start) {
    return process != null && starts == start;
  }

  private MemberInfo info() {
    return new MemberInfo(Role.MEMORY, id, name, name + ":1", CAPACITY_BYTES, 100, 0);
  }

  private void beat(int start) {
    if (!isStill(start)) {
      return;
    }
    time.after(400 * MILLI + random.nextLong(200 * MILLI), () -> beat(start));
    if (!process().isRegistered) {
      register();
    }
    for (String to : SimulatedControl.IDS) {
      try {
        HeartbeatReply reply = control.heartbeat(name, to, id);
        time.after(random.nextLong(SECOND), () -> hear(start, reply));
      } catch (NotFound e) {
        register();
      } catch (FabricException e) {
        // It goes on with what it knows.
      }
    }
  }

  private void register() {
    try {
      control.propose(name, null, new MembersCommand.Register(info()).toProposal());
      process().isRegistered = true;
      process().settlement.onRegistered();
    } catch (FabricException e) {
      // The next beat tries again.
    }
  }

  private void hear(int start, HeartbeatReply reply) {
    if (isStill(start)) {
      process().fences.learn(reply.fences());
      process().keeping.onGeneration(reply.pinGeneration());
    }
  }

  private void work(int start) {
    if (isStill(start)) {
      time.after(random.nextLong(20 * MILLI, 200 * MILLI), () -> work(start));
      disk.renewSlots();
      process().keeping.work(CAPACITY_BYTES - FULL_BYTES);
    }
  }

  private void keepUp(int start) {
    if (isStill(start)) {
      time.after(500 * MILLI, () -> keepUp(start));
      process().store.sync();
      onSync.accept(this);
      process().store.sweep();
      process().store.compactLog();
      settle();
    }
  }

  /// What a waiting claim asks for; the answer is there before the claim is looked at again.
  private void settle() {
    if (isSettling) {
      return;
    }
    isSettling = true;
    try {
      process().settlement.turn(clock());
    } finally {
      isSettling = false;
    }
  }
}
