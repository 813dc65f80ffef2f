package io.kogluktualuk.memnode.server;

import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.OpenParts;
import io.kogluktualuk.memnode.api.Affected;
import io.kogluktualuk.memnode.api.LocateRequest;
import io.kogluktualuk.memnode.api.RepairStatus;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import io.kogluktualuk.memnode.repair.Absences;
import io.kogluktualuk.memnode.repair.RepairAgent;
import io.kogluktualuk.memnode.repair.RepairSettings;
import io.kogluktualuk.memnode.repair.ResidentPages;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The repair of all tenants of one node: for each a session with the other nodes, and an agent.
///
/// **Threading:** any thread. **Ownership:** owns sessions and agents; the stores are lent.
final class Repairs implements AutoCloseable {

  /// Repair looks and copies one thing after the other.
  private static final int SMALL_BUFFERS = 4;

  private static final int LARGE_BUFFERS = 2;

  private final OpenParts opened = new OpenParts("the repair of a memory node");
  private final Map<Tenant, RepairAgent> agents = new LinkedHashMap<>();
  private final Absences absences = new Absences();
  private volatile List<MemoryNode> members = List.of();

  private Repairs() {}

  /// @param self the node's id
  static Repairs start(
      String self,
      Map<Tenant, TenantStore> tenants,
      NodeKeeping keeping,
      RepairSettings settings,
      ReaderSettings how) {
    Repairs repairs = new Repairs();
    try {
      tenants.forEach(
          (tenant, store) -> repairs.add(self, tenant, store, keeping.of(tenant), settings, how));
      return repairs;
    } catch (RuntimeException e) {
      repairs.opened.closeBecause(e);
      throw e;
    }
  }

  private void add(
      String self,
      Tenant tenant,
      TenantStore store,
      TenantKeeping keeping,
      RepairSettings settings,
      ReaderSettings how) {
    ReaderSettings own =
        how.withTenant(tenant).withBuffers(SMALL_BUFFERS, LARGE_BUFFERS).withUseHints(0);
    FabricBlobs session = opened.add(FabricBlobs.open(() -> members, own));
    ResidentPages pages = new ResidentPages(store.store(), keeping);
    agents.put(
        tenant, opened.add(RepairAgent.start(tenant.name(), self, pages, session, settings)));
  }

  /// Tells who the memory nodes are now.
  synchronized void onMembers(List<MemoryNode> now) {
    members = List.copyOf(now);
    agents.values().forEach(agent -> agent.members(members));
  }

  /// Tells what the control plane has heard of all nodes.
  synchronized void onHeard(List<Member> all) {
    if (absences.look(all)) {
      agents.values().forEach(RepairAgent::lookAgain);
    }
  }

  /// Somebody has put blobs on fewer nodes than they should be on.
  Affected onScarce(LocateRequest told) {
    RepairAgent agent = agents.get(told.tenant());
    if (agent == null) {
      throw new InvalidArgument(
          "there is no tenant '" + told.tenant() + "' here; there are " + agents.keySet());
    }
    agent.lookAfter(told.hashes());
    return new Affected(told.hashes().size());
  }

  RepairStatus status() {
    return agents.values().stream()
        .map(RepairAgent::status)
        .reduce(RepairStatus::plus)
        .orElse(RepairStatus.NOTHING);
  }

  @Override
  public void close() {
    opened.close();
  }
}
