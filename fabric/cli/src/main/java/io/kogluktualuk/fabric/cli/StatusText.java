package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.computenode.api.ComputeStatus;
import io.kogluktualuk.controlplane.api.ControlStatus;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.fabric.client.operator.ClusterStatus;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.MemoryStatus;
import io.kogluktualuk.memnode.api.RepairStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A cluster's status for people and for machines.
///
/// **Threading:** stateless.
final class StatusText {

  private StatusText() {}

  /// One line for each node, and one for the control plane.
  static String table(ClusterStatus status) {
    StringBuilder table = new StringBuilder();
    table.append(line("control", "", "", control(status.control())));
    for (ClusterStatus.Node node : status.nodes()) {
      MemberInfo info = node.member().info();
      String state =
          node.state() instanceof ClusterStatus.Control
              ? PlaneText.part(info.name(), status.plane())
              : state(node.state());
      if (node.member().isSilent()) {
        state += " · silent for " + node.member().unheardMillis() / 1000 + " s";
      }
      if (node.member().state() != MemberState.ACTIVE) {
        state += " · " + node.member().state().name().toLowerCase(Locale.ROOT);
      }
      table.append(line(role(info), info.name(), info.address(), state));
    }
    return table.append(VerbsText.lines(status)).toString().stripTrailing();
  }

  static Json json(ClusterStatus status) {
    List<Json> nodes = new ArrayList<>();
    for (ClusterStatus.Node node : status.nodes()) {
      MemberInfo info = node.member().info();
      Json json =
          new Json()
              .with("role", role(info))
              .with("id", info.id().toString())
              .with("name", info.name())
              .with("address", info.address())
              .with("state", node.member().state().name().toLowerCase(Locale.ROOT))
              .with("silent", node.member().isSilent())
              .with("verbs", VerbsText.json(node.verbs()));
      nodes.add(withState(json, node.state()));
    }
    ControlStatus control = status.control();
    return new Json()
        .with("healthy", status.isHealthy())
        .with("term", control.term())
        .with("applied", control.appliedIndex())
        .with("memos", control.memos())
        .with("memo_charged_bytes", control.memoChargedBytes())
        .with("memo_limit_bytes", control.memoLimitBytes())
        .with("memos_refused", control.memosRefused())
        .with("hits", control.hits())
        .with("misses", control.misses())
        .with("disagreements", control.disagreementCount())
        .with("failure", control.failure())
        .with("plane", PlaneText.json(status.plane()))
        .with("client", new Json().with("verbs", VerbsText.json(status.client())))
        .with("nodes", nodes);
  }

  private static String line(String role, String name, String address, String state) {
    return "%-8s %-12s %-22s %s%n".formatted(role, name, address, state);
  }

  private static String role(MemberInfo info) {
    return info.role().name().toLowerCase(Locale.ROOT);
  }

  private static String control(ControlStatus c) {
    String text =
        "%s · %d outcomes (%s of %s) · %d hits, %d misses"
            .formatted(
                c.role(),
                c.memos(),
                new ByteCount(c.memoChargedBytes()),
                new ByteCount(c.memoLimitBytes()),
                c.hits(),
                c.misses());
    if (c.memosRefused() > 0) {
      text += " · " + c.memosRefused() + " outcomes found NO ROOM";
    }
    if (c.disagreementCount() > 0) {
      text += " · " + c.disagreementCount() + " DISAGREEMENTS";
    }
    return c.failure().isEmpty() ? text : text + " · FAILED: " + c.failure();
  }

  private static String state(ClusterStatus.State state) {
    return switch (state) {
      case ClusterStatus.Memory(MemoryStatus m, RepairStatus repair) ->
          "%s of %s used · %s charged · %d blobs%s%s%s"
              .formatted(
                  new ByteCount(m.usedBytes()),
                  new ByteCount(m.capacityBytes()),
                  new ByteCount(m.chargedBytes()),
                  m.blobs(),
                  copies(repair),
                  m.dropped() == 0 ? "" : " · " + m.dropped() + " dropped at start",
                  tenants(m));
      case ClusterStatus.Compute(ComputeStatus c) ->
          "%d of %d slots busy · %d queued · %d run, %d hit, %d failed"
              .formatted(c.running(), c.slots(), c.queued(), c.ran(), c.hits(), c.failures());
      case ClusterStatus.Control _ -> "";
      case ClusterStatus.Unreachable(String reason) -> "UNREACHABLE: " + reason;
    };
  }

  private static String copies(RepairStatus repair) {
    String missing =
        repair.underReplicated() == 0 ? "" : " · " + repair.underReplicated() + " copies missing";
    return repair.drainLeftBytes() == 0
        ? missing
        : missing + " · " + new ByteCount(repair.drainLeftBytes()) + " to hand over";
  }

  /// What each tenant has, if there are several.
  private static String tenants(MemoryStatus status) {
    if (status.tenants().size() < 2) {
      return "";
    }
    return status.tenants().stream()
        .map(use -> use.tenant() + " " + new ByteCount(use.usedBytes()))
        .collect(Collectors.joining(", ", " · ", ""));
  }

  private static Json json(MemoryStatus.TenantUse use) {
    return new Json()
        .with("tenant", use.tenant().name())
        .with("capacity_bytes", use.capacityBytes())
        .with("used_bytes", use.usedBytes())
        .with("blobs", use.blobs());
  }

  private static Json withState(Json json, ClusterStatus.State state) {
    return switch (state) {
      case ClusterStatus.Memory(MemoryStatus m, RepairStatus repair) ->
          json.with("capacity_bytes", m.capacityBytes())
              .with("used_bytes", m.usedBytes())
              .with("blobs", m.blobs())
              .with("charged_bytes", m.chargedBytes())
              .with("under_replicated", repair.underReplicated())
              .with("drain_left_bytes", repair.drainLeftBytes())
              .with("drained", repair.isDrained())
              .with("dropped", m.dropped())
              .with("calls", m.calls())
              .with("completions", m.completions())
              .with("tenants", m.tenants().stream().map(StatusText::json).toList());
      case ClusterStatus.Compute(ComputeStatus c) ->
          json.with("slots", c.slots())
              .with("running", c.running())
              .with("queued", c.queued())
              .with("run", c.ran())
              .with("hit", c.hits())
              .with("failed", c.failures());
      case ClusterStatus.Control _ -> json;
      case ClusterStatus.Unreachable(String reason) -> json.with("unreachable", reason);
    };
  }
}
