/// A compute node as a running server: its folder and identity, its membership, its peers, and the
/// calls it answers. What it computes and how is in `computenode.runtime`.
///
/// Touches `rdma.transport`, `controlplane.api`, `controlplane.client`, `memnode.reader` and the
/// node's own rooms.
@NullMarked
package io.kogluktualuk.computenode.server;

import org.jspecify.annotations.NullMarked;
