/// A running control node: the replicated tables behind their log, the control calls in front,
/// group commit between, and the soft state nobody agrees on (who was heard, what was hit). Touches
/// `controlplane.model`, `paxoslog.ratis` and `rdma.transport`; changes state by log entries only.
@NullMarked
package io.kogluktualuk.controlplane.server;

import org.jspecify.annotations.NullMarked;
