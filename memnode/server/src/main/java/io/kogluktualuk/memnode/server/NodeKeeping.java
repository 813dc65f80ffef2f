package io.kogluktualuk.memnode.server;

import io.kogluktualuk.controlplane.api.HeartbeatReply;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.memnode.api.CreditsStatus;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.credit.AccountNumbers;
import io.kogluktualuk.memnode.credit.SpaceDoor;
import io.kogluktualuk.memnode.credit.SpaceLedger;
import io.kogluktualuk.memnode.lease.FenceFile;
import io.kogluktualuk.memnode.lease.FenceKeeper;
import io.kogluktualuk.memnode.retention.RetentionLimits;
import io.kogluktualuk.memnode.retention.Tally;
import io.kogluktualuk.memnode.retention.TenantRetention;
import io.kogluktualuk.memnode.store.MemoryStore;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a memory node does that blobs stay as long as they must: one for all tenants, because
/// leases, fences and accounts are the node's.
///
/// **Threading:** any thread, and two of its own: one ends leases and makes room ahead of need,
/// the other settles credits with the control plane. **Ownership:** owns its memory and its
/// threads; the stores are lent, and closed after it.
final class NodeKeeping implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(NodeKeeping.class);
  private static final Duration TURN = Duration.ofMillis(50);
  private static final Duration SETTLE = Duration.ofMillis(500);

  /// For how long an account keeps credits that it does not need: at most one call of the control
  /// plane in that time for each that comes to rest.
  private static final Duration REST = Duration.ofSeconds(10);

  private final Arena arena = Arena.ofShared();
  private final FenceKeeper fences;
  private final SpaceDoor door;
  private final Map<Tenant, TenantKeeping> tenants = new LinkedHashMap<>();
  private final Map<Tenant, Long> reserves = new LinkedHashMap<>();
  private final Semaphore isShort = new Semaphore(0);
  private final Semaphore isClosing = new Semaphore(0);
  private final AtomicBoolean isNewlyRegistered = new AtomicBoolean();
  private final Thread turns;
  private final Thread settling;
  private volatile Treasury treasury;

  /// @param folder of the node's state
  /// @param stores of all tenants
  /// @param settings the same for each of them
  NodeKeeping(
      Path folder,
      Map<Tenant, TenantStore> stores,
      KeepingSettings settings,
      RandomGenerator random) {
    RetentionLimits limits = settings.limits();
    AccountNumbers names = AccountNumbers.open(folder);
    this.fences = FenceKeeper.open(new FenceFile(folder));
    long[] rooms =
        stores.values().stream()
            .map(each -> each.store().withResidents(r -> r.capacityBytes()))
            .mapToLong(capacity -> capacity - limits.reserveBytes(capacity))
            .toArray();
    SpaceLedger ledger =
        new SpaceLedger(CreditsStatus.ACCOUNTS_MAX, rooms, settings.creditStepBytes());
    this.door = new SpaceDoor(names, ledger, REST, System.nanoTime(), isShort::release);
    this.treasury = new Treasury.Own();
    stores.forEach((tenant, store) -> add(tenant, store.store(), settings, names, random));
    this.turns = Thread.ofPlatform().daemon().name("memnode-retention").unstarted(this::turn);
    this.settling = Thread.ofPlatform().daemon().name("memnode-credits").unstarted(this::settle);
  }

  private void add(
      Tenant tenant,
      MemoryStore store,
      KeepingSettings settings,
      AccountNumbers names,
      RandomGenerator random) {
    RetentionLimits limits = settings.limits();
    int blobs = store.withResidents(residents -> residents.table().capacity());
    long capacity = store.withResidents(residents -> residents.capacityBytes());
    int room = tenants.size();
    TenantRetention retention =
        new TenantRetention(
            arena,
            limits.forBlobs(blobs),
            blobs,
            door,
            room,
            fences.grace().toNanos(),
            System::nanoTime,
            random);
    store.consult(retention);
    tenants.put(
        tenant,
        new TenantKeeping(
            store,
            retention,
            door,
            room,
            names,
            fences,
            System::nanoTime,
            TenantKeeping.PATIENCE,
            TenantKeeping.WINDOW_WAIT,
            settings.isAlwaysDurable()));
    reserves.put(tenant, limits.reserveBytes(capacity));
  }

  /// Begins to work.
  ///
  /// @param where the allotments come from
  void start(Treasury where) {
    treasury = where;
    isShort.release();
    turns.start();
    settling.start();
  }

  TenantKeeping of(Tenant tenant) {
    return Objects.requireNonNull(tenants.get(tenant));
  }

  SpaceDoor door() {
    return door;
  }

  /// What a control node says.
  void onBeat(HeartbeatReply reply) {
    fences.learn(reply.fences());
    tenants.values().forEach(each -> each.onGeneration(reply.pinGeneration()));
  }

  /// The node is a member, perhaps again: what was allotted to it may have been taken back.
  void onRegistered() {
    isNewlyRegistered.set(true);
    isShort.release();
  }

  private void turn() {
    try {
      long pauseMillis = TURN.toMillis();
      while (!isClosing.tryAcquire(pauseMillis, TimeUnit.MILLISECONDS)) {
        pauseMillis = work() ? 1 : TURN.toMillis();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // only close interrupts
    }
  }

  /// @return whether there is more to do
  private boolean work() {
    boolean hasMore = false;
    for (Map.Entry<Tenant, TenantKeeping> each : tenants.entrySet()) {
      try {
        hasMore |= each.getValue().work(Objects.requireNonNull(reserves.get(each.getKey())));
      } catch (FabricException e) {
        LOG.debug("tenant {}: {}", each.getKey(), e.getMessage());
      }
    }
    return hasMore;
  }

  private void settle() {
    Settlement settlement = new Settlement(treasury, door);
    try {
      while (true) {
        isShort.tryAcquire(SETTLE.toMillis(), TimeUnit.MILLISECONDS);
        isShort.drainPermits();
        if (isNewlyRegistered.getAndSet(false)) {
          settlement.onRegistered();
        }
        settlement.turn(System.nanoTime());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // only close interrupts
    }
  }

  /// All tenants together.
  Tally tally() {
    return tenants.values().stream().map(TenantKeeping::tally).reduce(Tally.NOTHING, Tally::plus);
  }

  long charged() {
    return tenants.values().stream().mapToLong(TenantKeeping::charged).sum();
  }

  @Override
  public void close() {
    for (Thread each : new Thread[] {turns, settling}) {
      each.interrupt();
      boolean wasInterrupted = false;
      while (each.isAlive()) {
        try {
          each.join();
        } catch (InterruptedException e) {
          wasInterrupted = true;
        }
      }
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
