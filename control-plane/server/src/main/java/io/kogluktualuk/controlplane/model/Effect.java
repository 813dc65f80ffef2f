package io.kogluktualuk.controlplane.model;

import io.kogluktualuk.controlplane.api.NodeId;

/// What a decision of one table means for the others.
public sealed interface Effect {

  /// It shall be found in the audit log.
  ///
  /// @param what was done, such as `root.set`
  /// @param details in words; what is too long is cut
  record Audited(String what, String details) implements Effect {}

  /// A node is no member any more: nobody waits for it, and what it had is free.
  record Departed(NodeId node) implements Effect {}
}
