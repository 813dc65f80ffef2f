package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.computenode.api.ComputeStatus;
import io.kogluktualuk.controlplane.api.Member;
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
  ///
  /// @param hasHeirs whether other memory nodes take blobs
  static Draining of(ClusterStatus.Node node, boolean hasHeirs) {
    Member member = node.member();
    if (member.state() == MemberState.LOST) {
      return new Draining(
          false, "it is lost: nothing was heard of it for " + member.unheardMillis() + " ms");
    }
    if (node.state() instanceof ClusterStatus.Unreachable(String reason)) {
      return new Draining(false, reason);
    }
    if (member.state() != MemberState.DRAINING) {
      return UNTOLD;
    }
    return switch (node.state()) {
      case ClusterStatus.Compute(ComputeStatus status) -> of(status);
      case ClusterStatus.Memory(MemoryStatus status, RepairStatus repair) ->
          of(status, repair, hasHeirs);
      case ClusterStatus.Control _, ClusterStatus.Unreachable _ -> new Draining(true, "");
    };
  }

  private static Draining of(ComputeStatus status) {
    String left =
        "%d running, %d queued, %d runs, %d not stored yet"
            .formatted(status.running(), status.queued(), status.runs(), status.unpublished());
    return new Draining(
        status.running() + status.queued() + status.runs() + status.unpublished() == 0, left);
  }

  private static Draining of(MemoryStatus status, RepairStatus repair, boolean hasHeirs) {
    String left =
        repair.drainLeftBytes() == 0 && !repair.isDrained()
            ? "it looks for what it has to hand over"
            : new ByteCount(repair.drainLeftBytes()) + " to hand over";
    if (status.windowsOpen() > 0) {
      left += ", windows for " + status.windowsOpen() + " puts are open";
    }
    if (!hasHeirs) {
      left += ", but no other memory node takes blobs";
    }
    return new Draining(repair.isDrained() && status.windowsOpen() == 0, left);
  }
}
