package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.computenode.api.ComputeStatus;
import io.kogluktualuk.controlplane.api.ControlStatus;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.memnode.api.MemoryStatus;
import io.kogluktualuk.memnode.api.RepairStatus;
import io.kogluktualuk.rdma.transport.endpoint.VerbsStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the fabric is, as its nodes say.
///
/// @param plane who leads the control plane and how far its nodes are, as one of them sees it
/// @param nodes the members, in the order of their names
/// @param client the verbs of this process
public record ClusterStatus(
    ControlStatus control, PlaneStatus plane, List<Node> nodes, VerbsStatus client) {

  /// Copies the list.
  public ClusterStatus {
    nodes = List.copyOf(nodes);
  }

  /// One member and what it said.
  ///
  /// @param verbs which verbs its process uses; null when it did not answer
  public record Node(Member member, State state, @Nullable VerbsStatus verbs) {}

  /// What a member said.
  public sealed interface State {}

  /// A memory node, and how far the copies are that it is responsible for.
  public record Memory(MemoryStatus status, RepairStatus repair) implements State {}

  /// Of a compute node.
  public record Compute(ComputeStatus status) implements State {}

  /// A control node: [ClusterStatus#control] says more.
  public record Control() implements State {}

  /// It did not answer.
  public record Unreachable(String reason) implements State {}

  /// Whether every member answered and the control plane is healthy.
  public boolean isHealthy() {
    return control.failure().isEmpty()
        && nodes.stream().noneMatch(node -> node.state() instanceof Unreachable);
  }
}
