package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.controlplane.api.AuditHead;
import java.util.List;

/// What came of checking the audit log: its chain is whole up to its head.
///
/// @param entries how many were read and followed
/// @param nodes what each control node says
public record AuditReport(AuditHead head, long entries, List<Node> nodes) {

  /// Copies the list.
  public AuditReport {
    nodes = List.copyOf(nodes);
  }

  /// Whether a control node has the same log.
  public enum Verdict {
    /// Its chain is that of the log.
    SAME,
    /// It has another chain.
    DIFFERENT,
    /// It did not answer.
    NOT_REACHED
  }

  /// One control node.
  ///
  /// @param reason why it is not the same, or empty
  public record Node(String name, Verdict verdict, String reason) {}

  /// Whether no node has another log. A node that was not reached may have any.
  public boolean isSame() {
    return nodes.stream().noneMatch(node -> node.verdict() == Verdict.DIFFERENT);
  }
}
