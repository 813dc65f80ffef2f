package io.kogluktualuk.memnode.server;

import static io.kogluktualuk.memnode.server.SimulatedTime.SECOND;

import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.model.pins.PinsTable;
import io.kogluktualuk.controlplane.model.roots.RootsCommand;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.CollectPage;
import io.kogluktualuk.memnode.api.CollectRequest;
import io.kogluktualuk.memnode.api.PinRequest;
import io.kogluktualuk.memnode.api.Tenant;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Collects what no root reaches: a generation begins, what roots reach is stamped, the rest goes.
///
/// **Threading:** one thread.
final class SimulatedCollector {

  static final List<RootName> ROOTS = List.of(new RootName("a"), new RootName("b"));

  private static final String NAME = "collector";

  private final SimulatedFabric fabric;
  private final RandomGenerator random;
  private final RequestIds requests;

  SimulatedCollector(SimulatedFabric fabric, RandomGenerator random) {
    this.fabric = fabric;
    this.random = random;
    this.requests = new RequestIds(random);
    soon(this::begin);
  }

  private void soon(Runnable step) {
    fabric
        .time()
        .after(
            random.nextLong(SECOND / 10, 2 * SECOND),
            () -> {
              try {
                step.run();
              } catch (FabricException e) {
                soon(this::begin); // not this time
              }
            });
  }

  private void begin() {
    byte[] reply =
        fabric.control().propose(NAME, requests.next(), new PinsTable.Advance().toProposal());
    long generation = PinsTable.readReply(reply);
    soon(() -> mark(generation));
  }

  private void mark(long generation) {
    List<Hash> reached =
        fabric.control().read(NAME, machine -> machine.roots().page(null, 100)).stream()
            .map(root -> root.ref().hash())
            .toList();
    PinRequest request = new PinRequest(Tenant.DEFAULT, generation, SimulatedClient.SPACE, reached);
    for (SimulatedMemoryNode node : fabric.nodes()) {
      fabric.call(NAME, node.id().toString(), it -> it.process().keeping.pin(request));
    }
    soon(() -> collect(generation));
  }

  /// All nodes one right after the other: what one of them keeps, repair brings back to the
  /// others.
  private void collect(long generation) {
    CollectRequest request =
        new CollectRequest(Tenant.DEFAULT, generation, Duration.ofSeconds(1), false, 0);
    for (SimulatedMemoryNode node : fabric.nodes()) {
      fabric.call(NAME, node.id().toString(), it -> collect(it, request));
    }
    soon(this::begin);
  }

  private CollectPage collect(SimulatedMemoryNode node, CollectRequest request) {
    Set<Hash> before = new HashSet<>(node.disk().hashes());
    CollectPage page = node.process().keeping.collect(request);
    node.disk().hashes().forEach(before::remove);
    fabric.truth().collected(node, before);
    return page;
  }

  /// Takes all roots away, as soon as that works.
  void forgetRoots() {
    for (RootName name : ROOTS) {
      Root found = fabric.truth().agreed().roots().find(name);
      if (found != null) {
        fabric.truth().unpublished(found.ref().hash());
        fabric
            .control()
            .propose(NAME, requests.next(), new RootsCommand(name, null, null).toProposal());
      }
    }
  }
}
