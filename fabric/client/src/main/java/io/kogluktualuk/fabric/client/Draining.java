package io.kogluktualuk.fabric.client;

import io.kogluktualuk.computenode.api.ComputeStatus;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.MemoryStatus;
import io.kogluktualuk.memnode.api.RepairStatus;

/// How far a node that drains is.
///
/// @param isDone whether it can be stopped, and a memory node forgotten, without loss
/// @param left what is left, in words
public record Draining(boolean isDone, String left) {

  static final Draining UNTOLD = new Draining(false, "it has not heard of it yet");

  /// Of a member, by what it said of itself.
  static Draining of(ClusterStatus.Node node) {
    if (node.member().state() != MemberState.DRAINING) {
      return UNTOLD;
    }
    return switch (node.state()) {
      case ClusterStatus.Compute(ComputeStatus status) -> of(status);
      case ClusterStatus.Memory(MemoryStatus status, RepairStatus repair) -> of(status, repair);
      case ClusterStatus.Control _ -> new Draining(true, "");
      case ClusterStatus.Unreachable(String reason) -> new Draining(false, reason);
    };
  }

  private static Draining of(ComputeStatus status) {
    String left =
        "%d running, %d queued, %d runs, %d not stored yet"
            .formatted(status.running(), status.queued(), status.runs(), status.unpublished());
    return new Draining(
        status.running() + status.queued() + status.runs() + status.unpublished() == 0, left);
  }

  private static Draining of(MemoryStatus status, RepairStatus repair) {
    String left =
        "%s to hand over, %d windows open"
            .formatted(new ByteCount(repair.drainLeftBytes()), status.windowsOpen());
    return new Draining(repair.isDrained() && status.windowsOpen() == 0, left);
  }
}
