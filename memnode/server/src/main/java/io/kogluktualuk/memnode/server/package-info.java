/// A running memory node: its store published to peers, its control calls, its place in the
/// membership.
///
/// Owns threads and the wiring; decides nothing about blobs. May touch `memnode.store`,
/// `memnode.api`, `rdma.transport`, `controlplane.api` and `controlplane.client`.
@NullMarked
package io.kogluktualuk.memnode.server;

import org.jspecify.annotations.NullMarked;
