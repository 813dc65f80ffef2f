package io.kogluktualuk.memnode.server;

import static io.kogluktualuk.memnode.server.SimulatedTime.MILLI;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.client.ControlLeases;
import io.kogluktualuk.controlplane.model.roots.RootsCommand;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.AbsentResponse;
import io.kogluktualuk.memnode.api.HoldRequest;
import io.kogluktualuk.memnode.api.LeaseTerms;
import io.kogluktualuk.memnode.api.PinRequest;
import io.kogluktualuk.memnode.api.ReleaseRequest;
import io.kogluktualuk.memnode.api.Retention;
import io.kogluktualuk.memnode.api.SpaceTerms;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.api.TouchRequest;
import io.kogluktualuk.memnode.reader.Held;
import io.kogluktualuk.memnode.reader.HoldPort;
import io.kogluktualuk.memnode.reader.LeaseSettings;
import io.kogluktualuk.memnode.reader.Leases;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.NodeState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// A session with the real bookkeeping of leases and holds, that puts, holds, reads and lets go.
///
/// **Threading:** one thread.
final class SimulatedClient implements HoldPort {

  static final Account ACCOUNT = new Account("team");

  /// Nobody can wait in a simulation.
  static final SpaceTerms SPACE = new SpaceTerms(ACCOUNT, Duration.ZERO);

  private static final Deadline SOON = Deadline.after(Duration.ofHours(1));
  private static final int SCOPES_MAX = 4;
  private static final int RUNS = 12;
  private static final long TTL_MILLIS_MAX = 9000;

  private final String name;
  private final SimulatedFabric fabric;
  private final RandomGenerator random;
  private final long clockOffset;
  private final int clockDrift;
  private final Leases leases;
  private final LeaseId leaseId;
  private final List<Held> scopes = new ArrayList<>();
  private final List<Hash> seen = new ArrayList<>();
  private final RequestIds requests;
  private final SimulatedRuns runs;
  private boolean isStopped;
  private boolean isReading;
  private String lease = "none";

  SimulatedClient(String name, SimulatedFabric fabric, RandomGenerator random) {
    this.name = name;
    this.fabric = fabric;
    this.random = random;
    this.clockOffset = random.nextLong(-1L << 60, 1L << 60);
    this.clockDrift = SimulatedTime.drift(random);
    LeaseSettings settings =
        new LeaseSettings(
            ACCOUNT,
            Duration.ofMillis(random.nextLong(3000, TTL_MILLIS_MAX)),
            Duration.ofSeconds(1));
    this.requests = new RequestIds(random);
    this.runs = new SimulatedRuns(name, fabric, this);
    this.leaseId = LeaseId.of(random);
    this.leases =
        new Leases(
            new ControlLeases(new SimulatedChannel(name, fabric.control()), name, requests),
            this,
            settings,
            leaseId,
            this::clock);
    fabric.time().after(random.nextLong(500 * MILLI), this::act);
    fabric.time().after(random.nextLong(500 * MILLI), this::tend);
  }

  String name() {
    return name;
  }

  private long clock() {
    long now = fabric.time().now();
    return now + now * clockDrift / 1_000_000 + clockOffset;
  }

  LeaseId leaseId() {
    return leaseId;
  }

  /// What it relies on.
  Set<Hash> promised(String node) {
    return leases.promised(node);
  }

  /// For whoever wonders why a promise was broken.
  String lease() {
    return "whose latest lease is " + lease;
  }

  private void tend() {
    Duration pause = leases.tend();
    // Now and then it sleeps through.
    long extra = random.nextInt(30) == 0 && !fabric.isCalm() ? 12_000 * MILLI : 0;
    fabric.time().after(pause.toNanos() + extra, this::tend);
  }

  private void act() {
    if (isStopped) {
      return;
    }
    fabric.time().after(random.nextLong(20 * MILLI, 400 * MILLI), this::act);
    try {
      switch (isReading ? random.nextInt(3, 6) : random.nextInt(11)) {
        case 0, 1 -> put(true);
        case 2 -> put(false);
        case 3, 4 -> hold();
        case 5 -> release();
        case 6 -> publish();
        case 7 -> putAgain();
        case 8 -> runs.run(random.nextInt(RUNS));
        default -> read(any());
      }
    } catch (FabricException e) {
      // The next act is another one.
    }
  }

  private Hash any() {
    return seen.isEmpty() || random.nextInt(10) == 0
        ? fabric.truth().anyHash(random)
        : seen.get(random.nextInt(seen.size()));
  }

  private void put(boolean isSource) {
    byte[] bytes = new byte[random.nextInt(200, 4000)];
    random.nextBytes(bytes);
    put(Blob.of(bytes), isSource, random.nextBoolean());
  }

  /// What has been put before, by whomever, and may have been forgotten.
  private void putAgain() {
    Blob blob = fabric.truth().blob(any());
    if (blob != null) {
      put(blob, true, random.nextBoolean());
    }
  }

  /// Puts a blob where it belongs, held from the start or not.
  Held put(Blob blob, boolean isSource, boolean isHeld) {
    fabric.truth().know(blob);
    Held held = leases.open();
    keep(held);
    boolean isDurable = random.nextBoolean();
    int replicas = isSource ? SimulatedFabric.REPLICAS : 1;
    List<String> nodes = fabric.placement().intended(blob.hash(), replicas);
    int stored = 0;
    for (String node : nodes) {
      stored += put(held, node, blob, isSource, isHeld, isDurable) ? 1 : 0;
    }
    if (stored == replicas) {
      seen.add(blob.hash());
      if (isSource && isDurable) {
        fabric.truth().acknowledged(blob.hash());
      }
    }
    return held;
  }

  private boolean put(
      Held held, String node, Blob blob, boolean isSource, boolean isHeld, boolean isDurable) {
    Retention retention =
        isSource ? Retention.SOURCE : new Retention.Derived(random.nextLong(100_000));
    LeaseTerms terms = isHeld ? leases.terms(SOON) : null;
    long asked = clock();
    try {
      new SimulatedPut(fabric, name, node, SPACE, blob, retention, isDurable, terms, null).run();
      if (terms != null) {
        leases.stored(held, blob.hash(), node, terms, asked);
      }
      return true;
    } catch (StaleLease e) {
      if (terms != null) {
        leases.refused(terms);
      }
      return false;
    } catch (FabricException e) {
      return false;
    }
  }

  /// Sets a root to a new blob: put and held, stamped, named, let go.
  private void publish() {
    byte[] bytes = new byte[random.nextInt(200, 2000)];
    random.nextBytes(bytes);
    Blob blob = Blob.of(bytes);
    Held held = put(blob, true, true);
    try {
      long generation = fabric.control().read(name, machine -> machine.pins().generation());
      Set<NodeId> nodes = new HashSet<>();
      for (SimulatedMemoryNode node : fabric.nodes()) {
        String id = node.id().toString();
        if (leases.promised(id).contains(blob.hash()) && pin(id, generation, blob.hash())) {
          nodes.add(node.id());
        }
      }
      if (nodes.size() == SimulatedFabric.REPLICAS) {
        setRoot(blob, nodes);
      }
    } finally {
      held.close();
    }
  }

  private boolean pin(String node, long generation, Hash hash) {
    PinRequest request = new PinRequest(Tenant.DEFAULT, generation, SPACE, List.of(hash));
    return fabric.call(name, node, it -> it.process().keeping.pin(request)).absent().isEmpty();
  }

  private void setRoot(Blob blob, Set<NodeId> nodes) {
    RootName root = SimulatedCollector.ROOTS.get(random.nextInt(SimulatedCollector.ROOTS.size()));
    Root before =
        fabric
            .control()
            .read(name, machine -> Optional.ofNullable(machine.roots().find(root)))
            .orElse(null);
    RootsCommand command =
        new RootsCommand(root, before == null ? 0 : before.revision(), Ref.ofBlob(blob));
    if (before != null) {
      fabric.truth().unpublished(before.ref().hash());
    }
    fabric.control().propose(name, requests.next(), command.toProposal());
    nodes.removeIf(node -> !leases.promised(node.toString()).contains(blob.hash()));
    fabric.truth().published(blob.hash(), nodes);
  }

  private void keep(Held held) {
    scopes.add(held);
    if (scopes.size() > SCOPES_MAX) {
      scopes.removeFirst().close();
    }
  }

  private void hold() {
    Set<Hash> some = new HashSet<>();
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      some.add(any());
    }
    hold(some);
  }

  /// @return those that nobody has
  Set<Hash> hold(Set<Hash> some) {
    Held held = leases.open();
    keep(held);
    return held.hold(some, SOON);
  }

  /// Looks whether all that is promised of a blob is kept; there may be nothing.
  void checkPromised(Hash hash) {
    for (SimulatedMemoryNode node : fabric.nodes()) {
      String id = node.id().toString();
      if (node.isUp() && promised(id).contains(hash) && !node.lostByStop().contains(hash)) {
        fabric.truth().reliedOn(hash, id);
      }
    }
  }

  private void release() {
    if (!scopes.isEmpty()) {
      scopes.remove(random.nextInt(scopes.size())).close();
    }
  }

  /// From now on it puts nothing.
  void read() {
    isReading = true;
  }

  /// Lets go of everything.
  void stop() {
    isStopped = true;
    scopes.forEach(Held::close);
    scopes.clear();
  }

  @Override
  public List<String> candidates(Hash hash) {
    return fabric.placement().living(hash);
  }

  @Override
  public Set<String> living() {
    return fabric.placement().nodes().stream()
        .filter(node -> node.state() != NodeState.LOST)
        .map(MemoryNode::id)
        .collect(Collectors.toSet());
  }

  @Override
  public Set<Hash> hold(String nodeId, LeaseTerms lease, List<Hash> hashes, Deadline deadline) {
    HoldRequest request = new HoldRequest(Tenant.DEFAULT, lease, SPACE, hashes);
    Set<Hash> absent = new HashSet<>();
    fabric
        .call(name, nodeId, node -> hold(node, request))
        .absent()
        .forEach(at -> absent.add(hashes.get(at)));
    return absent;
  }

  private AbsentResponse hold(SimulatedMemoryNode node, HoldRequest request) {
    lease = request.lease() + " at " + fabric.time().now() / MILLI;
    AbsentResponse response = node.process().keeping.hold(request);
    fabric.truth().accepted(node, request.lease().proof());
    return response;
  }

  private void read(Hash hash) {
    for (String id : fabric.placement().living(hash)) {
      byte[] bytes =
          fabric.call(name, id, node -> Optional.ofNullable(node.disk().read(hash))).orElse(null);
      if (bytes != null) {
        assertEquals(hash, Hash.of(bytes), "wrong bytes");
        TouchRequest touch = new TouchRequest(Tenant.DEFAULT, List.of(hash));
        fabric.call(name, id, node -> node.process().keeping.touch(touch));
        return;
      }
    }
  }

  @Override
  public void release(
      String nodeId, LeaseProof proof, long order, List<Hash> hashes, Deadline deadline) {
    ReleaseRequest request = new ReleaseRequest(Tenant.DEFAULT, proof, order, false, hashes);
    fabric.call(name, nodeId, node -> node.process().keeping.release(request));
  }
}
