package io.kogluktualuk.memnode.server;

import static io.kogluktualuk.memnode.server.SimulatedTime.SECOND;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.memnode.api.CopyAge;
import io.kogluktualuk.memnode.api.PinRequest;
import io.kogluktualuk.memnode.api.SpaceTerms;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.NodeState;
import io.kogluktualuk.memnode.reader.Placement;
import io.kogluktualuk.memnode.repair.LocalBlob;
import io.kogluktualuk.memnode.repair.LocalBlobs;
import io.kogluktualuk.memnode.repair.RepairPlanner;
import io.kogluktualuk.memnode.repair.ResidentPages;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Looks after the blobs of one node, in portions, by the plans of the real planner.
///
/// **Threading:** one thread.
final class SimulatedRepair {

  private static final int PAGE = 16;

  private final SimulatedFabric fabric;
  private final SimulatedMemoryNode node;
  private final RandomGenerator random;
  private int from;
  private List<MemoryNode> looked = List.of();

  /// Whether the round has found nothing yet that is here alone.
  private boolean isInOrder = true;

  SimulatedRepair(SimulatedFabric fabric, SimulatedMemoryNode node, RandomGenerator random) {
    this.fabric = fabric;
    this.node = node;
    this.random = random;
    fabric.time().after(random.nextLong(SECOND), this::look);
  }

  private void look() {
    fabric.time().after(random.nextLong(SECOND / 2, 2 * SECOND), this::look);
    if (!node.isUp()) {
      from = 0;
      isInOrder = true;
      return;
    }
    Placement placement = fabric.placement();
    String self = node.id().toString();
    if (placement.nodes().stream().noneMatch(each -> each.id().equals(self))) {
      return;
    }
    isInOrder &= from == 0 || placement.nodes().equals(looked);
    looked = placement.nodes();
    RepairPlanner planner = new RepairPlanner(self, SimulatedFabric.REPLICAS, placement, null);
    ResidentPages pages = new ResidentPages(node.process().store, node.process().keeping);
    LocalBlobs.Page page = pages.page(from, PAGE);
    from = page.next();
    page.blobs().stream().filter(planner::concerns).forEach(blob -> act(planner, pages, blob));
    if (from == 0) {
      if (isInOrder && isDraining(placement)) {
        fabric.truth().drained(node);
      }
      isInOrder = true;
    }
  }

  private boolean isDraining(Placement placement) {
    return placement.nodes().stream()
        .anyMatch(
            each -> each.id().equals(node.id().toString()) && each.state() == NodeState.DRAINING);
  }

  private void act(RepairPlanner planner, ResidentPages pages, LocalBlob blob) {
    Set<String> having = new HashSet<>();
    Set<String> silent = new HashSet<>();
    for (String other : planner.toAsk(blob)) {
      try {
        if (fabric.call(node.name(), other, it -> it.disk().read(blob.hash()) != null)) {
          having.add(other);
        }
      } catch (FabricException e) {
        silent.add(other);
      }
    }
    RepairPlanner.Plan plan = planner.plan(blob, having, silent);
    plan.targets().forEach(target -> send(pages, blob, target, false));
    boolean isConfirmed =
        plan.isSurplus() && having.stream().allMatch(other -> send(pages, blob, other, true));
    if (isConfirmed) {
      fabric.truth().surplus(node, blob.hash(), having);
      pages.becameSurplus(blob.hash());
    }
    isInOrder &= plan.fate() == RepairPlanner.Fate.ELSEWHERE && plan.isSurplus() == isConfirmed;
  }

  private boolean send(ResidentPages pages, LocalBlob blob, String target, boolean isDurable) {
    byte[] bytes = node.disk().read(blob.hash());
    CopyAge age = pages.copyAge(blob.hash());
    if (bytes == null || age == null) {
      return false;
    }
    SpaceTerms space = new SpaceTerms(blob.account(), Duration.ZERO);
    boolean isStored =
        new SimulatedPut(
                fabric,
                node.name(),
                target,
                space,
                Blob.of(bytes),
                blob.retention(),
                isDurable,
                null,
                age)
            .tryRun();
    return isStored && (!blob.isPinned() || pin(blob, target, space));
  }

  private boolean pin(LocalBlob blob, String target, SpaceTerms space) {
    long generation = node.process().keeping.generation();
    PinRequest request = new PinRequest(Tenant.DEFAULT, generation, space, List.of(blob.hash()));
    try {
      return fabric
          .call(node.name(), target, it -> it.process().keeping.pin(request))
          .absent()
          .isEmpty();
    } catch (FabricException e) {
      return false;
    }
  }
}
