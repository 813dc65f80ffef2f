package io.kogluktualuk.memnode.server;

import static io.kogluktualuk.memnode.server.SimulatedTime.SECOND;

import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.model.pins.PinsTable;
import io.kogluktualuk.controlplane.model.roots.RootsCommand;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.CollectPage;
import io.kogluktualuk.memnode.api.CollectRequest;
import io.kogluktualuk.memnode.api.CollectStep;
import io.kogluktualuk.memnode.api.PinRequest;
import io.kogluktualuk.memnode.api.Tenant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Collects what no root reaches: a generation begins, what roots reach is stamped, all nodes hear
/// that the rest will go, and one after the other lets it go.
///
/// **Threading:** one thread.
final class SimulatedCollector {

  static final List<RootName> ROOTS = List.of(new RootName("a"), new RootName("b"));

  /// How long what nobody needs is left alone.
  static final Duration GRACE = Duration.ofSeconds(1);

  private static final String NAME = "collector";

  private final SimulatedFabric fabric;
  private final RandomGenerator random;
  private final RequestIds requests;
  private long heardAt;

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
            random.nextLong(SECOND / 20, SECOND),
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
    List<SimulatedMemoryNode> nodes = new ArrayList<>(fabric.nodes());
    stamp(nodes, generation, List.of());
    heardAt = fabric.time().now();
    soon(() -> mark(nodes, generation));
  }

  /// After all nodes have heard of the generation.
  private void mark(List<SimulatedMemoryNode> nodes, long generation) {
    List<Hash> reached =
        fabric.control().read(NAME, machine -> machine.roots().page(null, 100)).stream()
            .map(root -> root.ref().hash())
            .toList();
    soon(
        () -> {
          if (!reached.isEmpty()) { // without blobs it would begin again
            stamp(nodes, generation, reached);
          }
          soon(() -> condemn(nodes, generation));
        });
  }

  private void stamp(List<SimulatedMemoryNode> nodes, long generation, List<Hash> hashes) {
    PinRequest request = new PinRequest(Tenant.DEFAULT, generation, SimulatedClient.SPACE, hashes);
    tryAt(nodes, node -> node.process().keeping.pin(request));
  }

  /// A node that fails once is left alone.
  private void tryAt(List<SimulatedMemoryNode> nodes, Function<SimulatedMemoryNode, ?> call) {
    nodes.removeIf(
        node -> {
          try {
            fabric.call(NAME, node.id().toString(), call);
            return false;
          } catch (Conflict e) {
            throw e;
          } catch (FabricException e) {
            return true;
          }
        });
  }

  private void condemn(List<SimulatedMemoryNode> nodes, long generation) {
    CollectRequest request =
        new CollectRequest(Tenant.DEFAULT, generation, GRACE, CollectStep.CONDEMN, 0);
    tryAt(
        nodes,
        node -> {
          CollectPage page = node.process().keeping.collect(request);
          fabric.truth().condemned(node);
          return page;
        });
    collect(nodes, generation);
  }

  /// One after the other, with time between them.
  private void collect(List<SimulatedMemoryNode> nodes, long generation) {
    if (nodes.isEmpty()) {
      soon(this::begin);
      return;
    }
    CollectRequest request =
        new CollectRequest(Tenant.DEFAULT, generation, GRACE, CollectStep.COLLECT, 0);
    tryAt(new ArrayList<>(List.of(nodes.removeFirst())), node -> collect(node, request));
    soon(() -> collect(nodes, generation));
  }

  private CollectPage collect(SimulatedMemoryNode node, CollectRequest request) {
    Set<Hash> before = new HashSet<>(node.disk().hashes());
    CollectPage page = node.process().keeping.collect(request);
    node.disk().hashes().forEach(before::remove);
    fabric.truth().collected(node, before, heardAt);
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
